import Foundation
import GRDB
import PurserCore
@testable import PurserStore
import Synchronization
import TestSupport
import Testing

@Suite struct HeartbeatTests {
    private static let time = LedgerTests.november

    private static func heartbeats(_ store: Store) throws -> [String: Timestamp] {
        try store.read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT writer, time FROM heartbeat")
            return Dictionary(rows.map { ($0[0] as String, Timestamp(milliseconds: $0[1])) }) { first, _ in first }
        }
    }

    @Test("a heartbeat is written each time, and takes two pages of the log at most")
    func written() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let commit = GroupCommit(store)
        try await store.beat("a", at: Self.time, by: commit)
        for second in 1..<50 {
            let before = store.walBytes
            try await store.beat("a", at: Self.time + second, by: commit)
            #expect(store.walBytes > before && store.walBytes - before < 2 * 8300)
        }
        try await store.beat("b", at: Self.time, by: commit)
        #expect(try Self.heartbeats(store) == ["a": Self.time + 49, "b": Self.time])
        await commit.close()
    }

    @Test("a program's span begins at the first heartbeat after which none was missing")
    func spans() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        for second in [0, 60, 120, 300] { try store.beat("a", at: Self.time + second) }
        #expect(try store.heartbeatSpans(namespace: "A") == [Self.time...Self.time + 300])
        // Stopped for more than three minutes, and then a clock that was set back.
        try store.beat("a", at: Self.time + 481)
        #expect(try store.heartbeatSpans(namespace: "A") == [Self.time + 481...Self.time + 481])
        try store.beat("a", at: Self.time + 400)
        #expect(try store.heartbeatSpans(namespace: "A") == [Self.time + 400...Self.time + 400])
        try store.beat("b", at: Self.time + 430)
        #expect(
            Set(try store.heartbeatSpans(namespace: "A")) == [
                Self.time + 400...Self.time + 400, Self.time + 430...Self.time + 430,
            ]
        )
    }

    @Test("a heartbeat counts for the namespaces that its program records, and for all if they are not known")
    func namespaces() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let span = Self.time...Self.time
        try store.beat("a", at: Self.time)
        #expect(try store.heartbeatSpans(namespace: "X") == [span])
        try store.beat("a", at: Self.time, namespaces: ["X", "Y \" Z"])
        #expect(try store.heartbeatSpans(namespace: "X") == [span])
        #expect(try store.heartbeatSpans(namespace: "Y \" Z") == [span])
        #expect(try store.heartbeatSpans(namespace: "Y").isEmpty)
        // A heartbeat without namespaces does not change them.
        try store.beat("a", at: Self.time)
        #expect(try store.heartbeatSpans(namespace: "Y").isEmpty)
    }

    @Test("programs that are gone are forgotten after a month")
    func forgotten() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.beat("gone", at: Self.time)
        try store.beat("a", at: Self.time + 30 * 86_400)
        #expect(try Self.heartbeats(store).count == 2)
        try store.beat("a", at: Self.time + 30 * 86_400 + 1)
        #expect(try Self.heartbeats(store) == ["a": Self.time + 30 * 86_400 + 1])
    }

    @Test("after a write that failed for lack of room, a heartbeat needs as much room as a call, once")
    func doubtful() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let commit = GroupCommit(store)
        try await store.beat("a", at: Self.time, by: commit)
        for error in [ResultCode.SQLITE_FULL, .SQLITE_IOERR, .SQLITE_IOERR_WRITE] {
            #expect(throws: StoreError.self) {
                try store.write { _ in throw DatabaseError(resultCode: error) }
            }
            let before = store.walBytes
            try await store.beat("a", at: Self.time, by: commit)
            #expect(store.walBytes - before > 128 << 10)
            try await store.beat("a", at: Self.time, by: commit)
            let last = store.walBytes
            try await store.beat("a", at: Self.time, by: commit)
            #expect(store.walBytes - last < 2 * 8300)
        }
        #expect(throws: StoreError.self) { try store.write { _ in throw DatabaseError(resultCode: .SQLITE_BUSY) } }
        let before = store.walBytes
        try await store.beat("a", at: Self.time, by: commit)
        #expect(store.walBytes - before < 2 * 8300)
        await commit.close()
    }
}
