import PurserCore

/// The data that all stores are filled with: a pure function of label set and step, so it can be generated in any order
/// and repeatedly.
struct Workload {
    let labelSets: Int
    let days: Int

    static let stepSeconds = 10
    /// Midnight, 1 September 2026.
    static let start = Timestamp(seconds: 1_788_220_800)
    /// The upper bounds of the classic histogram that the peers get.
    static let bounds: [Double] = [
        0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 15, 20, 30, 60,
    ]
    static let counters = ["Invocations", "Errors", "InputTokens", "OutputTokens"]

    var steps: Int { days * 86_400 / Self.stepSeconds }
    var end: Timestamp { Self.start + steps * Self.stepSeconds }

    struct Sample {
        /// In the order of ``counters``.
        var increments: [Int]
        var latencyNanoseconds: Int64
    }

    static func sample(_ set: Int, _ step: Int) -> Sample {
        var random = SplitMix(state: UInt64(set) &* 0x9e37_79b9 &+ UInt64(step) &* 0xbf58_476d_1ce4_e5b9)
        // The sum of twelve uniform numbers is close to a normal distribution: latencies are log-normal around two
        // seconds.
        let bell = (0..<12).reduce(-6.0) { sum, _ in sum + random.unit() }
        let seconds = 2 * power(of: 0.45 * bell) * (random.unit() < 0.01 ? 3 : 1)
        return Sample(
            increments: [
                1, random.unit() < 0.02 ? 1 : 0, 200 + Int(random.next() % 1800), 100 + Int(random.next() % 900),
            ],
            // Whole nanoseconds, as from a clock.
            latencyNanoseconds: Int64(seconds * 1e9)
        )
    }

    /// Returns e to the power of x, computed from its series to be the same on every machine.
    private static func power(of x: Double) -> Double {
        var (sum, term) = (1.0, 1.0)
        for n in 1...24 {
            term *= x / Double(n)
            sum += term
        }
        return sum
    }

    static func series(_ name: String, _ set: Int) -> Series {
        let metric = Metric(namespace: "Compare", name: name, dimensions: [.init("ModelId", "m\(set)")])
        return Series(metric, unit: name == "Latency" ? .seconds : .count)
    }

    static func reference(_ name: String, _ set: Int) -> MetricReference {
        MetricReference(series(name, set).metric)
    }
}

/// Random numbers that are the same on every machine.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func unit() -> Double {
        Double(next() >> 11) / Double(1 << 53)
    }
}
