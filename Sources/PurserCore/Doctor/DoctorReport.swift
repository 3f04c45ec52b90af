/// The findings of `purser doctor` about a store, the alarm files and the prices.
package struct DoctorReport: Sendable {
    /// The store's path.
    package var store: String
    package var health: StoreHealth
    package var evaluated: EvaluationRecord?
    package var retention: RetentionLadder
    /// Holds whose leases ended at least ``overdueSeconds`` ago.
    package var overdue: (count: Int, held: Picodollars)
    /// The times at which a copy took the place of the store, oldest first.
    package var restorations: [Restoration]
    /// Faults outside the store: in alarm files, prices and settings.
    package var otherFaults: [String]

    package init(
        store: String,
        health: StoreHealth,
        evaluated: EvaluationRecord?,
        retention: RetentionLadder,
        overdue: (count: Int, held: Picodollars),
        restorations: [Restoration],
        otherFaults: [String]
    ) {
        self.store = store
        self.health = health
        self.evaluated = evaluated
        self.retention = retention
        self.overdue = overdue
        self.restorations = restorations
        self.otherFaults = otherFaults
    }

    /// Above this size, a program is probably keeping a query open.
    private static let largeWALBytes = 64 << 20

    /// A running purserd charges holds within minutes after their lease ends.
    package static let overdueSeconds = 3600

    package var faults: [String] {
        var faults = health.faults
        if health.walBytes > Self.largeWALBytes {
            faults.append("the write-ahead log has \(health.walBytes) bytes; is a program keeping a query open?")
        }
        if overdue.count > 0 {
            faults.append(
                "\(overdue.count) calls hold \(overdue.held) dollars although their leases ended more than an hour ago:"
                    + " their process is gone, and no purserd is running with this store to charge them"
            )
        }
        return faults + otherFaults
    }
}
