package import PurserCore

/// The store as text.
package enum StoreText {
    package static func doctor(_ report: DoctorReport) -> String {
        let (health, faults) = (report.health, report.faults)
        var lines = [
            "store        \(report.store)",
            "sqlite       \(health.sqliteVersion)",
            "size         \(health.fileBytes) bytes, \(health.freeBytes) of them free; write-ahead log \(health.walBytes) bytes",
            "metrics      \(health.series) series, \(health.points) recent slots, \(health.blocks) hours rolled up in"
                + " \(health.blockBytes) bytes",
            "kept         \(report.retention.text); when full, about \(health.expectedBlockBytes) bytes",
            "ledger       \(health.ledgerRows.counted("call")), \(health.openReservations) not settled; "
                + "\(health.countedDays.counted("day")) added up, \(health.removedDays) of them without their calls",
            "evaluated    \(report.evaluated.map { "as of \($0.time), run at \($0.ran)" } ?? "never; run purser evaluate")",
            "messages     \(health.pendingMessages) waiting, \(health.failedMessages) refused",
        ]
        lines += report.restorations.map { "restored     " + restoration($0) }
        lines += faults.isEmpty ? ["no faults found"] : faults.map { "FAULT        \($0)" }
        return lines.joined(separator: "\n")
    }

    package static func backup(_ backup: StoreBackup) -> String {
        "\(backup.file): a copy of \(backup.store) as of \(backup.time), \(backup.bytes) bytes, "
            + backup.ledgerRows.counted("call") + " in its ledger"
    }

    package static func restored(_ restored: RestoredStore) -> String {
        var lines = ["\(restored.store): restored \(restoration(restored.restoration))"]
        if let kept = restored.kept { lines.append("the old store is kept as \(kept)") }
        lines.append("metrics, alarm states, budgets and new access keys are those of the copy")
        if let unreadable = restored.unreadable {
            lines.append("nothing could be carried over from the old store: \(unreadable)")
        }
        return lines.joined(separator: "\n")
    }

    private static func restoration(_ restoration: Restoration) -> String {
        let source = restoration.copied.map { "a copy of \($0)" } ?? "an empty copy"
        var text = "at \(restoration.time) from \(source)"
        if restoration.calls > 0 {
            text += "; \(restoration.calls.counted("call")) carried over from the old store"
        }
        if restoration.spent > .zero { text += "; \(restoration.spent.inDollars) entered as spent" }
        return text
    }

    /// Returns a note for reports about a month in which the store was restored; nil for any other month.
    package static func note(_ restorations: [Restoration], in month: CalendarMonth) -> String? {
        let last = restorations.last { CalendarMonth(containing: $0.time) == month }
        return last.map { "this store was restored \(restoration($0))" }
    }
}
