import Foundation
import PurserCore
import PurserHTTP
import PurserStore
import TestSupport
import Testing

/// Takes a running daemon's store away.
@Suite(.blocking, .startsPrograms) struct StoreLossTests {
    @Test("a daemon whose store is removed or replaced stops serving, and its log says so", arguments: [false, true])
    func loss(isReplaced: Bool) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("purser.db")
        let server = try PurserdProcess.embedded(store: path, environment: DaemonTests.noLimits)
        let question: JSONValue = ["message": "Hello"]
        #expect(try server.post("/chat", question).status == 200)
        try FileManager.default.moveItem(atPath: path, toPath: folder.path("moved.db"))
        if isReplaced { _ = try folder.store("other.db").checkpoint() }
        if isReplaced { try FileManager.default.moveItem(atPath: folder.path("other.db"), toPath: path) }
        for _ in 0..<3 { #expect([500, 503].contains(try server.post("/chat", question).status)) }
        let health = try server.get("/health")
        #expect(
            health.status == 503 && health.text.contains("\"evaluator\":{\"status\":\"unknown\"}"),
            "\(health.text)"
        )
        #expect(server.stop() == 0)
        #expect(server.server.outputText.contains("was removed or replaced"))
        // It has left nothing to the file that is at the path now, and everything is in the file that was moved.
        if isReplaced { #expect(try Store(path: path, .existing).health().ledgerRows == 0) }
        #expect(try Store(path: folder.path("moved.db"), .existing).health().ledgerRows == 1)
        #expect(FileManager.default.fileExists(atPath: path) == isReplaced)
    }

    @Test("a running daemon keeps a restore out; after it has ended, the restored store goes on with its budget")
    func restore() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("purser.db")
        let copy = folder.path("copy.db")
        let purser = PurserProgram(store: path)
        let server = try PurserdProcess.embedded(store: path, environment: DaemonTests.noLimits)
        let question: JSONValue = ["message": "Hello"]
        for _ in 0..<3 { #expect(try server.post("/chat", question).status == 200) }
        #expect(try purser.run("backup", copy).status == 0)
        for _ in 0..<2 { #expect(try server.post("/chat", question).status == 200) }
        let refused = try purser.run("restore", copy, "--force")
        #expect(refused.status == 3 && refused.errors.contains("has the store"), "\(refused)")
        #expect(server.stop() == 0)
        let restored = try purser.run("restore", copy)
        #expect(restored.status == 0 && restored.output.contains("calls carried over"), "\(restored)")
        let doctor = try purser.run("doctor")
        #expect(doctor.status == 0 && doctor.output.contains("restored     at"), "\(doctor)")
        #expect(try purser.run("budget", "show").errors.contains("this store was restored at"))
        #expect(try Store(path: path, .existing).health().ledgerRows == 5)
    }
}
