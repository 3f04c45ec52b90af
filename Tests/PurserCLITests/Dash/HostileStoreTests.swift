import Foundation
import GRDB
import PurserCore
import PurserRender
import PurserStore
import TestSupport
import Testing

/// What others wrote into the store's texts is only text in every output.
@Suite(.blocking, .startsPrograms) struct HostileStoreTests {
    /// The columns whose values Purser gives: ids, kinds, states, numbers and JSON.
    private static let own: [String: Set<String>] = [
        "series": ["dimensions", "unit"], "price": ["content"], "ledger": ["source", "tier"],
        "ledger_day": ["state"], "ledger_day_total": ["source", "tier"],
        "alarm": ["name", "state", "reason_data", "definition", "suppressed_by"],
        "alarm_history": ["name", "old_state", "new_state", "reason_data"],
        "outbox": ["id", "target", "attributes", "source", "status", "about", "month"],
        "acknowledgement": ["name"], "budget_notification": ["budget", "month", "kind", "threshold"],
        "budget": ["scope", "time_window", "zone", "amount"], "access_key": ["id", "models"], "dead_letter": ["status"],
        "month_total": ["month", "source", "spent", "held"],
        "budget_total": [
            "scope", "source", "hour_spent", "hour_held", "day_spent", "day_held", "week_spent", "week_held",
            "month_spent", "month_held",
        ], "restoration": ["spent"], "retention": ["name"],
        "mute": ["name", "state"], "budget_forecast": ["scope", "time_window", "mean"], "heartbeat": ["namespaces"],
        "origin": ["name"],
        "reconciliation": ["month", "status", "bill", "billed", "recorded"],
        "closed_month": ["month", "cost"], "ledger_correction": ["source", "tier"],
    ]
    /// Rows that must stay as they are, so that there is something to show.
    private static let kept = [
        "series": "namespace = 'ChatService'", "ledger": "outcome IN ('success', 'reserved', 'Restored')",
    ]
    private static let at = Demonstrations.end.iso8601()
    private static let hostile = [
        "\u{1b}[2J\u{1b}]0;t\u{7}\r\n<script>alert(1)</script>\u{202e}\u{2066}\u{200f}\"'><img src=x onerror=alert(1)>\u{9b}2J\u{0}",
        String(repeating: "w", count: 10_000),
    ]

    /// The commands that read, with the status that they end with.
    private static let commands: [(arguments: [String], status: Int32)] = [
        (["dash"], 0), (["dash", "--heatmap", "--width", "60"], 0), (["dash", "--compact", "--symbols", "ascii"], 0),
        (["dash", "--oneline"], 0), (["dash", "--format", "json"], 0), (["dash", "--format", "html"], 0),
        (["dash", "chat"], 0), (["dash", "chat", "--layout", "grid"], 0), (["dash", "chat", "--format", "html"], 0),
        (["requests"], 0), (["requests", "--worst", "--format", "json"], 0), (["cost"], 0),
        (["cost", "--by", "user,team,application", "--format", "json"], 0), (["budget"], 0),
        (["budget", "show", "--format", "json"], 0), (["cost", "forecast", "--team", "support"], 0),
        (["keys", "list"], 0), (["alarms"], 0),
        (["alarms", "show", "latency-p99"], 0), (["alarms", "show", "latency-p99", "--format", "json"], 0),
        (["alarms", "history"], 0), (["metrics", "list"], 0), (["metrics", "list", "--format", "json"], 0),
        (["deadletters", "list"], 0), (["deadletters", "list", "--format", "json"], 0), (["mark", "--list"], 0),
        (["mark", "--list", "--format", "json"], 0), (["doctor"], 0),
        (["evaluate", "--dry-run"], 2), (["evaluate", "--dry-run", "--format", "nagios"], 2),
    ]

    /// Returns a copy of a store that has rows of everything.
    private static func folder() throws -> TemporaryFolder {
        let folder = try DemonstrationStore.folder.copy()
        let purser = PurserProgram(store: folder.path("purser.db"))
        for arguments in [
            ["mark", "v1", "--at", "2026-11-24T11:50:00Z"], ["budget", "set", "--user", "ada", "5", "--at", at],
            ["budget", "set", "--each", "team", "--window", "day", "5", "--at", at],
            ["alarms", "ack", "latency-p99", "--by", "ada", "--note", "seen"],
            ["alarms", "mute", "chat-latency", "--for", "100w", "--at", at, "--by", "ada", "--note", "known"],
        ] {
            let result = try purser.run(arguments)
            try #require(result.status == 0, "\(result)")
        }
        let store = try Store(path: folder.path("purser.db"), .existing)
        _ = try store.close(CalendarMonth(containing: Demonstrations.end), at: Demonstrations.end)
        try store.breakForTest("UPDATE ledger SET estimated = estimated WHERE outcome = 'success' AND id < 10")
        try store.keep([
            RefusedRequest(
                requestId: "refused",
                correlationId: "c",
                time: Demonstrations.end - 600,
                isSignedIn: true,
                caller: Caller(user: "ada", team: "support"),
                modelId: "m",
                code: "blocked",
                reason: "a reason"
            )
        ])
        try store.beat("a writer", at: Demonstrations.end)
        try store.setForecasts([
            StoredForecast(
                scope: .team("support"),
                window: .day,
                start: Demonstrations.end,
                made: Demonstrations.end,
                mean: .dollar
            )
        ])
        let series = PurserCore.Series(Metric(namespace: "Shop", name: "Orders"), unit: .count)
        let slot = Slot(start: Demonstrations.end - 600, distribution: Distribution(value: 1) ?? .empty)
        try store.record(Flush(writer: "shop", sequence: 1, points: [.init(series: series, slot: slot)]))
        return folder
    }

    /// Puts a text in front of every text in the store that others can write; returns the tables and columns that have
    /// none.
    private static func poison(_ path: String, with text: String) throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.write { db in
            var empty: [String] = []
            for table in try String.fetchAll(
                db,
                sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '[gs]*_[ms]*' ORDER BY 1"
            ) {
                let columns = try db.columns(in: table).filter { $0.type == "TEXT" }.map(\.name)
                for column in columns where !(own[table] ?? []).contains(column) {
                    let rows = kept[table].map { "NOT (\($0))" } ?? "true"
                    try db.execute(
                        sql: "UPDATE \(table) SET \(column) = ? || coalesce(\(column), 'x') WHERE \(rows)",
                        arguments: [text]
                    )
                    if db.changesCount == 0 { empty.append("\(table).\(column)") }
                }
            }
            return empty
        }
    }

    @Test("a hostile text in every text of the store is harmless in every output", arguments: hostile.indices)
    func outputs(index: Int) throws {
        let folder = try Self.folder()
        let store = folder.path("purser.db")
        let empty = try Self.poison(store, with: Self.hostile[index])
        #expect(empty.isEmpty, "nothing was tried in \(empty)")
        let purser = PurserProgram(store: store)
        for (arguments, status) in Self.commands {
            let takesTime = ["dash", "requests", "cost", "budget", "keys", "evaluate"].contains(arguments[0])
            let result = try purser.run(arguments + (takesTime ? ["--at", Self.at] : []))
            #expect(result.status == status && !result.output.isEmpty, "\(arguments) \(result.status) \(result.errors)")
            for text in [result.output, result.errors] {
                let wrong = text.unicodeScalars.first(where: Self.isHarmful)
                #expect(wrong == nil, "\(arguments): \(wrong.map { String($0.value, radix: 16) } ?? "")")
            }
            if arguments.contains("json") {
                #expect(throws: Never.self, "\(arguments)") { try JSONValue(parsing: result.output) }
            } else if arguments.contains("html") {
                #expect(!result.output.contains("<script") && !result.output.contains("<img"), "\(arguments)")
            } else if arguments[0] == "dash" {
                let width = arguments.contains("60") ? 60 : 100
                let widest = result.output.split(separator: "\n").map { TerminalText.width(of: String($0)) }.max() ?? 0
                #expect(widest <= width || arguments.contains("--oneline"), "\(arguments) \(widest)")
            }
        }
    }

    /// Whether a terminal or a reader may take a character for something else than text: controls, and marks that change
    /// the direction of what follows.
    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Tables in a pipe have tabs between their columns.
        case 0x09, 0x0a: false
        case 0..<0x20, 0x7f..<0xa0, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069, 0x61c: true
        default: false
        }
    }
}
