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
            "ledger       \(health.ledgerRows) calls, \(health.openReservations) not settled",
            "evaluated    \(report.evaluated.map { "as of \($0.time), run at \($0.ran)" } ?? "never; run purser evaluate")",
            "messages     \(health.pendingMessages) waiting, \(health.failedMessages) refused",
        ]
        lines += faults.isEmpty ? ["no faults found"] : faults.map { "FAULT        \($0)" }
        return lines.joined(separator: "\n")
    }
}
