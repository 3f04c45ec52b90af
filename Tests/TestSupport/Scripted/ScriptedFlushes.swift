public import PurserCore
public import PurserStore

/// The flushes of a writer that is killed and started again: each is what its number says, whoever asks.
public struct ScriptedFlushes: Sendable {
    public static let start = Timestamp(seconds: 1_790_000_000).floored(toSeconds: 86_400)

    public var writer: String
    public var series: Int
    /// From one flush to the next.
    public var secondsApart: Int

    public init(writer: String, series: Int, secondsApart: Int) {
        self.writer = writer
        self.series = series
        self.secondsApart = secondsApart
    }

    public func time(of sequence: Int) -> Timestamp {
        Self.start + sequence * secondsApart
    }

    public static func series(_ number: Int) -> Series {
        Series(Metric(namespace: "Scripted", name: "S\(number)"), unit: .seconds)
    }

    public static func reference(_ number: Int) -> MetricReference {
        MetricReference(series(number).metric)
    }

    public func flush(_ sequence: Int) -> Flush {
        let start = time(of: sequence).floored(toSeconds: Slot.seconds)
        let points = (0..<series).map { number in
            Flush.Point(
                series: Self.series(number),
                slot: Slot(start: start, distribution: distribution(number, sequence))
            )
        }
        return Flush(writer: writer, sequence: sequence, points: points)
    }

    /// What one flush brings of a series.
    private func distribution(_ number: Int, _ sequence: Int) -> Distribution {
        let nanos = (sequence &* 7_919 &+ number &* 104_729) % 5_000_000_000 + 1
        return Distribution(value: Double(nanos) / 1e9, count: 1 + sequence % 3) ?? .empty
    }

    /// What a series has after so many flushes.
    public func total(_ number: Int, flushes: Int) -> Distribution {
        var total = DistributionAccumulator()
        for sequence in 1...max(1, flushes) where flushes > 0 {
            total.add(distribution(number, sequence))
        }
        return total.distribution
    }

    /// The flushes that are brought again at a start.
    private static let repeated = 3

    /// Records so many flushes, from the last ones that the store has of the writer on, which it must not count again, and
    /// rolls up and checkpoints every so many flushes. Says `stored` or `known` and the number of each.
    public func run(
        on store: Store,
        flushes: Int,
        rollUpEvery: Int,
        checkpointEvery: Int,
        say: (String) -> Void
    ) throws {
        // Hours pass in a few flushes: everything that a ladder does happens.
        try store.setRetention(try RetentionLadder(changing: .standard, [10: 1, 60: 2, 300: 4]))
        let done = try store.progress(ofWriter: writer)?.sequence ?? 0
        for sequence in max(1, done + 1 - Self.repeated)..<max(done, flushes) + 1 {
            say(try store.record(flush(sequence)) ? "stored \(sequence)" : "known \(sequence)")
            if sequence % rollUpEvery == 0 { try store.rollUp(now: time(of: sequence)) }
            if sequence % checkpointEvery == 0 { try store.checkpoint() }
        }
        try store.rollUp(now: time(of: flushes) + 3600)
    }
}
