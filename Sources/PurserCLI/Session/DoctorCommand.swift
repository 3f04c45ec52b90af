import ArgumentParser
import Purser
import PurserCore
import PurserStore

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Checks the store, the alarm files and the prices."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    /// Past this size a reader probably dawdles.
    private static let largeWALBytes = 64 << 20

    /// A purserd charges holds within minutes of their lease's end.
    private static let overdueSeconds = 3600

    func run() throws {
        try reporting {
            let session = Session(global)
            let store = try session.store(.existing)
            let health = try store.health()
            let last = try store.lastEvaluation()
            var faults = health.faults
            if health.walBytes > Self.largeWALBytes {
                faults.append("the write-ahead log has \(health.walBytes) bytes; does some program keep a query open?")
            }
            let overdue = try store.overdueHolds(before: .now - Self.overdueSeconds)
            if overdue.count > 0 {
                faults.append(
                    "\(overdue.count) calls hold \(overdue.held) dollars although their leases ended more than an hour ago:"
                        + " their process is gone, and no purserd runs with this store that would charge them"
                )
            }
            faults += Self.faults { _ = try session.rules() }
            faults += Self.faults { _ = try session.prices() }
            faults += Self.faults { _ = try session.chatConfiguration() }
            switch output.format {
            case .json: show(json(health, last, faults, store.path, try store.retention(), overdue.count))
            case .text: show(plain: text(health, last, faults, store.path, try store.retention()))
            }
            if !faults.isEmpty { throw Exit.failed }
        }
    }

    private static func faults(_ check: () throws -> Void) -> [String] {
        do {
            try check()
            return []
        } catch let error as Diagnostics {
            return error.all.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    private func text(
        _ health: StoreHealth,
        _ last: EvaluationRecord?,
        _ faults: [String],
        _ path: String,
        _ ladder: RetentionLadder
    ) -> String {
        var lines = [
            "store        \(path)",
            "sqlite       \(health.sqliteVersion)",
            "size         \(health.fileBytes) bytes, \(health.freeBytes) of them free; write-ahead log \(health.walBytes) bytes",
            "metrics      \(health.series) series, \(health.points) recent slots, \(health.blocks) hours rolled up in"
                + " \(health.blockBytes) bytes",
            "kept         \(ladder.text); full, that is about \(health.expectedBlockBytes) bytes",
            "ledger       \(health.ledgerRows) calls, \(health.openReservations) not settled",
            "evaluated    \(last.map { "as of \($0.time), run at \($0.ran)" } ?? "never; run purser evaluate")",
            "messages     \(health.pendingMessages) waiting, \(health.failedMessages) refused",
        ]
        lines += faults.isEmpty ? ["no fault found"] : faults.map { "FAULT        \($0)" }
        return lines.joined(separator: "\n")
    }

    private func json(
        _ health: StoreHealth,
        _ last: EvaluationRecord?,
        _ faults: [String],
        _ path: String,
        _ ladder: RetentionLadder,
        _ overdueReservations: Int
    ) -> JSONValue {
        JSONValue(
            schema: "purser.doctor/1",
            [
                "store": .string(path),
                "sqliteVersion": .string(health.sqliteVersion),
                "fileBytes": .integer(health.fileBytes),
                "walBytes": .integer(health.walBytes),
                "series": .integer(health.series),
                "slots": .integer(health.points),
                "blocks": .integer(health.blocks),
                "blockBytes": .integer(health.blockBytes),
                "expectedBlockBytes": .integer(health.expectedBlockBytes),
                "retention": ladder.json,
                "freeBytes": .integer(health.freeBytes),
                "ledgerRows": .integer(health.ledgerRows),
                "openReservations": .integer(health.openReservations),
                "overdueReservations": .integer(overdueReservations),
                "evaluatedAt": JSONValue(last?.time.iso8601()),
                "pendingMessages": .integer(health.pendingMessages),
                "failedMessages": .integer(health.failedMessages),
                "faults": .array(faults.map(JSONValue.string)),
            ]
        )
    }
}
