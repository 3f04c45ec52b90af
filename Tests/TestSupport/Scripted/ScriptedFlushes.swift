package import PurserCore
package import PurserStore

/// The flushes of a writer that is killed and started again; each depends only on its number.
package struct ScriptedFlushes: Sendable {
    package static let start = Timestamp(seconds: 1_790_000_000).floored(toSeconds: 86_400)

    package var writer: String
    package var series: Int
    /// The seconds from one flush to the next.
    package var secondsApart: Int

    package init(writer: String, series: Int, secondsApart: Int) {
        self.writer = writer
        self.series = series
        self.secondsApart = secondsApart
    }

    package func time(of sequence: Int) -> Timestamp {
        Self.start + sequence * secondsApart
    }

    package static func series(_ number: Int) -> Series {
        Series(Metric(namespace: "Scripted", name: "S\(number)"), unit: .seconds)
    }

    package static func reference(_ number: Int) -> MetricReference {
        MetricReference(series(number).metric)
    }

    package func flush(_ sequence: Int) -> Flush {
        let start = time(of: sequence).floored(toSeconds: Slot.seconds)
        let points = (0..<series).map { number in
            Flush.Point(
                series: Self.series(number),
                slot: Slot(start: start, distribution: distribution(number, sequence))
            )
        }
        return Flush(writer: writer, sequence: sequence, points: points)
    }

    /// Returns the values that a flush adds to a series.
    private func distribution(_ number: Int, _ sequence: Int) -> Distribution {
        let nanos = (sequence &* 7_919 &+ number &* 104_729) % 5_000_000_000 + 1
        return Distribution(value: Double(nanos) / 1e9, count: 1 + sequence % 3) ?? .empty
    }

    /// Returns the values of a series after `flushes` flushes.
    package func total(_ number: Int, flushes: Int) -> Distribution {
        var total = DistributionAccumulator()
        for sequence in 1...max(1, flushes) where flushes > 0 {
            total.add(distribution(number, sequence))
        }
        return total.distribution
    }

    /// The number of flushes that are recorded again at each start.
    private static let repeated = 3

    /// Records flushes up to `flushes`, starting with the writer's last ones in the store, which it must not count again.
    /// Rolls up every `rollUpEvery` and checkpoints every `checkpointEvery` flushes. Says `stored` or `known` and
    /// the number of each flush.
    package func run(
        on store: Store,
        flushes: Int,
        rollUpEvery: Int,
        checkpointEvery: Int,
        say: (String) -> Void
    ) throws {
        // Hours pass in a few flushes, so that everything that a ladder does happens.
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
