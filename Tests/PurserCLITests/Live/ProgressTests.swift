import PurserCore
import TestSupport
import Testing

/// What long commands show on a terminal while they work.
@Suite(.blocking, .startsPrograms) struct ProgressTests {
    @Test("a migration of a store shows how many are done of how many, and then the result in its place")
    func migration() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("purser.db")
        _ = try OldStore.open(path)
        let count = EmbeddedFile.all(in: "migrations").count
        let terminal = try TerminalProgram(
            PurserProgram(store: path),
            script: "\"$PURSER\" migrate; echo \"status=$?\""
        )
        terminal.await("\r\(count - 1) of \(count) migrations\u{1b}[K")
        terminal.await("\r\u{1b}[K\(path) is up to date")
        terminal.await("status=0")
        terminal.awaitEnd()
        let again = try PurserProgram(store: path).run("migrate")
        #expect(again.status == 0 && again.errors.isEmpty, "\(again)")
    }
}
