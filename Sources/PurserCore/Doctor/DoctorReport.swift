/// What `purser doctor` found about a store, the alarm files and the prices.
package struct DoctorReport: Sendable {
    /// The path.
    package var store: String
    package var health: StoreHealth
    package var evaluated: EvaluationRecord?
    package var retention: RetentionLadder
    /// Holds whose leases ended ``overdueSeconds`` ago or longer.
    package var overdue: (count: Int, held: Picodollars)
    /// What is wrong beside the store: alarm files, prices, settings.
    package var otherFaults: [String]

    package init(
        store: String,
        health: StoreHealth,
        evaluated: EvaluationRecord?,
        retention: RetentionLadder,
        overdue: (count: Int, held: Picodollars),
        otherFaults: [String]
    ) {
        self.store = store
        self.health = health
        self.evaluated = evaluated
        self.retention = retention
        self.overdue = overdue
        self.otherFaults = otherFaults
    }

    /// Past this size a reader probably dawdles.
    private static let largeWALBytes = 64 << 20

    /// A purserd charges holds within minutes of their lease's end.
    package static let overdueSeconds = 3600

    package var faults: [String] {
        var faults = health.faults
        if health.walBytes > Self.largeWALBytes {
            faults.append("the write-ahead log has \(health.walBytes) bytes; does some program keep a query open?")
        }
        if overdue.count > 0 {
            faults.append(
                "\(overdue.count) calls hold \(overdue.held) dollars although their leases ended more than an hour ago:"
                    + " their process is gone, and no purserd runs with this store that would charge them"
            )
        }
        return faults + otherFaults
    }
}
