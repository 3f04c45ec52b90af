import GRDB
import PurserCore
@testable import PurserStore
import TestSupport
import Testing

@Suite(.blocking) struct MarkTests {
    private static let time = Timestamp(seconds: 1_790_000_000)

    @Test("a mark is stored once, and belongs to all namespaces or to its own")
    func marks() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.path("s.db"), .creating)
        let all = TimeMark(time: Self.time + 60, text: "v1.2")
        let own = TimeMark(time: Self.time, text: "v1", namespace: "A")
        for mark in [all, own, all] { try store.add(mark) }
        #expect(try store.marks() == [own, all])
        #expect(try store.marks(of: ["B"]) == [all])
        #expect(try store.marks(of: ["A"]) == [own, all])
        #expect(try store.marks(in: Self.time..<Self.time + 60) == [own])
    }

    @Test("spans in ALARM begin with the last change before the range, and end with the next change to another state")
    func spans() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.path("s.db"), .creating)
        let changes: [(name: String, seconds: Int, state: String)] = [
            ("before", -900, "ALARM"), ("before", -800, "OK"),
            ("open", -700, "ALARM"), ("open", 100, "INSUFFICIENT_DATA"), ("open", 200, "ALARM"),
            ("inside", 10, "ALARM"), ("inside", 20, "OK"),
            ("after", 1000, "ALARM"),
        ]
        try store.write { db in
            for (number, change) in changes.enumerated() {
                try db.execute(
                    sql: """
                        INSERT INTO alarm_history (name, transition, time, old_state, new_state, reason)
                        VALUES (?, ?, ?, 'OK', ?, 'r')
                        """,
                    arguments: [change.name, number, (Self.time + change.seconds).milliseconds, change.state]
                )
            }
        }
        #expect(
            try store.alarmSpans(of: ["open", "inside", "before", "after", "other"], in: Self.time..<Self.time + 600)
                == [
                    AlarmSpan(name: "open", start: Self.time + -700, end: Self.time + 100),
                    AlarmSpan(name: "inside", start: Self.time + 10, end: Self.time + 20),
                    AlarmSpan(name: "open", start: Self.time + 200),
                ]
        )
        #expect(try store.alarmSpans(of: ["before"], in: Self.time..<Self.time + 600) == [])
    }
}
