import TestSupport
import Testing

@testable import PurserCore

/// The statistics computed from raw samples, straight from their definitions.
private struct BruteForce {
    let samples: [Double]

    init(_ samples: [Double]) {
        self.samples = samples.sorted()
    }

    /// Returns how much of each sample lies within a range.
    private func weights(_ range: TrimRange) -> [Double] {
        let count = Double(samples.count)
        switch range {
        case .lowest(let percent): return weights(.percent(above: nil, upTo: percent))
        case .percent(let above, let upTo):
            let (low, high) = ((above ?? 0) / 100 * count, (upTo ?? 100) / 100 * count)
            return samples.indices.map { max(0, min(Double($0 + 1), high) - max(Double($0), low)) }
        case .values(let above, let upTo):
            return samples.map { $0 > above ?? -.infinity && $0 <= upTo ?? .infinity ? 1 : 0 }
        }
    }

    func count(_ range: TrimRange) -> Double {
        weights(range).reduce(0, +)
    }

    func sum(_ range: TrimRange) -> Double {
        zip(samples, weights(range)).map { $0 * $1 }.reduce(0, +)
    }

    /// Returns the sum of the magnitudes: the error of a sum scales with it if each sample has a relative error.
    func magnitude(_ range: TrimRange) -> Double {
        zip(samples, weights(range)).map { abs($0) * $1 }.reduce(0, +)
    }

    func percentile(_ percent: Double) -> Double {
        let rank = Int((percent / 100 * Double(samples.count) - 1e-9).rounded(.up))
        return samples[min(max(rank, 1), samples.count) - 1]
    }

    func winsorized(_ above: Double?, _ upTo: Double?) -> [Double] {
        samples.map { min(max($0, above ?? -.infinity), upTo ?? .infinity) }
    }
}

@Suite struct StatisticRangeTests {
    static let percents: [TrimRange] = [
        .lowest(percent: 90), .lowest(percent: 99.9), .lowest(percent: 0.5), .percent(above: 2, upTo: 98),
        .percent(above: 25, upTo: 75), .percent(above: nil, upTo: 95), .percent(above: 80, upTo: nil),
        .percent(above: 33.3, upTo: 33.4),
    ]

    static func value(_ text: String, _ distribution: Distribution) throws -> Double? {
        try #require(Statistic(text), "\(text)").value(of: distribution)
    }

    @Test("percentage bounds agree with the definition over raw samples to within 0.55 %", arguments: UInt64(1)...16)
    func percentages(seed: UInt64) throws {
        for count in [1, 2, 3, 10, 37, 1000] {
            let samples = DistributionTests.samples(seed, count: count)
            let distribution = DistributionTests.distribution(samples)
            let exact = BruteForce(samples)
            for range in Self.percents {
                let note: Comment = "\(range) of \(count), seed \(seed)"
                let trimmed = try #require(distribution.trimmedCount(range), note)
                #expect(abs(trimmed - exact.count(range)) <= 1e-6, note)
                let slack = 0.0055 * exact.magnitude(range) + 1e-9
                #expect(abs(try #require(distribution.trimmedSum(range), note) - exact.sum(range)) <= slack, note)
                let mean = try #require(distribution.trimmedMean(range), note)
                #expect(abs(mean - exact.sum(range) / exact.count(range)) <= slack / exact.count(range), note)
                #expect(mean >= distribution.minimum && mean <= distribution.maximum, note)
            }
        }
    }

    @Test("winsorized samples take the value of the percentile or of the bound", arguments: UInt64(1)...16)
    func winsorized(seed: UInt64) throws {
        for count in [1, 2, 10, 40, 1000] {
            let samples = DistributionTests.samples(seed, count: count)
            let distribution = DistributionTests.distribution(samples)
            let exact = BruteForce(samples)
            for (low, high) in [(nil, 90.0), (10, 90), (20, nil)] as [(Double?, Double?)] {
                let moved = exact.winsorized(low.map(exact.percentile), high.map(exact.percentile))
                let mean = try #require(distribution.winsorizedMean(.percent(above: low, upTo: high)))
                let slack = 0.0055 * moved.map(abs).reduce(0, +) / Double(count) + 1e-9
                #expect(abs(mean - moved.reduce(0, +) / Double(count)) <= slack, "\(low ?? 0) \(count) seed \(seed)")
            }
            let (above, upTo) = (exact.samples[count / 4], exact.samples[count / 4].magnitude * 3 + 1)
            let moved = exact.winsorized(above, upTo)
            let mean = try #require(distribution.winsorizedMean(.values(above: above, upTo: upTo)))
            // A sample next to a bound may be estimated to lie beyond it, but by no more than the estimate's error.
            let slack = 0.011 * (moved.map(abs).reduce(0, +) / Double(count)) + 1e-9
            #expect(
                abs(mean - moved.reduce(0, +) / Double(count)) <= slack,
                "\(above):\(upTo) of \(count) seed \(seed)"
            )
        }
    }

    @Test("a bound on a bucket's edge, or outside the samples' range, gives exact counts", arguments: UInt64(1)...8)
    func exactBounds(seed: UInt64) throws {
        var random = TestRandom(seed)
        for count in [1, 2, 3, 50, 500] {
            var samples = DistributionTests.samples(seed, count: count)
            // Some samples lie on edges and on zero.
            for index in samples.indices where index % 5 == 3 {
                samples[index] = BucketScale.edge(Int.random(in: -200...700, using: &random))
            }
            for index in samples.indices where index % 7 == 5 { samples[index] = 0 }
            let distribution = DistributionTests.distribution(samples)
            let (least, most) = (distribution.minimum, distribution.maximum)
            var bounds = (-250...750).filter { $0 % 9 == 0 }.map { BucketScale.edge($0) }
            bounds += [0, most, most.nextUp, least.nextDown]
            for bound in bounds {
                let expected = samples.count { $0 <= bound }
                #expect(distribution.count(atMost: bound) == expected, "\(bound) of \(count), seed \(seed)")
            }
            let exact = BruteForce(samples)
            let pairs = zip(bounds, bounds.dropFirst(13)).filter { $0 < $1 }
            for (above, upTo) in pairs {
                let range = TrimRange.values(above: above, upTo: upTo)
                #expect(distribution.trimmedCount(range) == exact.count(range), "\(range), seed \(seed)")
                let sum = try #require(distribution.trimmedSum(range))
                #expect(abs(sum - exact.sum(range)) <= 0.0055 * exact.magnitude(range) + 1e-9, "\(range), seed \(seed)")
            }
        }
    }

    @Test("a bound within a bucket counts samples by estimate, in order, and loses none", arguments: UInt64(1)...8)
    func boundsWithinBuckets(seed: UInt64) throws {
        let samples = DistributionTests.samples(seed, count: 3000).sorted()
        let distribution = DistributionTests.distribution(samples)
        let inner = samples.map { sample -> Double in
            let estimate = BucketScale.estimate(key: BucketScale.key(of: sample) ?? 0)
            return min(max(estimate, distribution.minimum), distribution.maximum)
        }
        let estimates = [samples[0]] + inner.dropFirst().dropLast() + [samples[2999]]
        var previous = 0
        for bound in samples.enumerated().filter({ $0.offset % 37 == 0 }).map(\.element) {
            let isEdge = BucketScale.key(of: bound).map { BucketScale.isUpperEdge(bound, key: $0) } ?? false
            let count = try #require(distribution.count(atMost: bound))
            if !isEdge { #expect(count == estimates.count { $0 <= bound }, "\(bound), seed \(seed)") }
            #expect(count >= previous, "\(bound), seed \(seed)")
            previous = count
            let (low, high) = (
                distribution.trimmedCount(.values(above: nil, upTo: bound)),
                distribution.trimmedCount(.values(above: bound, upTo: nil))
            )
            #expect(try #require(low) + #require(high) == 3000, "\(bound), seed \(seed)")
        }
    }

    @Test("the whole range returns the exact sum and average, and the identities between statistics hold")
    func wholeRange() throws {
        let samples = DistributionTests.samples(4, count: 999)
        let distribution = DistributionTests.distribution(samples)
        let (sum, average) = (distribution.sum, distribution.average)
        for bounds in ["(0%:100%)", "(0%:)", "(:100%)", "(0:)", "(:1000000)"] {
            #expect(try Self.value("TS" + bounds, distribution) == sum)
            #expect(try Self.value("TM" + bounds, distribution) == average)
            #expect(try Self.value("WM" + bounds, distribution) == average)
            #expect(try Self.value("TC" + bounds, distribution) == 999)
        }
        #expect(try Self.value("tm100", distribution) == average)
        #expect(try Self.value("tm90", distribution) == Self.value("TM(0%:90%)", distribution))
        #expect(try Self.value("wm98", distribution) == Self.value("WM(:98%)", distribution))
        #expect(try Self.value("IQM", distribution) == Self.value("TM(25%:75%)", distribution))
        let mean = try #require(try Self.value("tm90", distribution))
        let count = try #require(try Self.value("tc90", distribution))
        #expect(abs(count - 899.1) < 1e-9)
        #expect(abs(try #require(try Self.value("ts90", distribution)) - mean * count) < 1e-9 * sum)
    }

    @Test("a counter of zeros and ones has exact ranks and counts")
    func counters() throws {
        let distribution = DistributionTests.distribution(Array(repeating: 0, count: 97) + [1, 1, 1])
        let expected: [(String, Double?)] = [
            ("PR(:0)", 97), ("PR(0:)", 3), ("PR(0:1)", 3), ("PR(:1)", 100), ("PR(1:)", 0), ("PR(:0.5)", 97),
            ("TC(:0)", 97), ("TC(0:1)", 3), ("TS(:0)", 0), ("TM(:0)", 0), ("TM(1:)", nil), ("TS(1:)", 0),
            ("TM(:97%)", 0), ("tc50", 50), ("WM(5:6)", 5), ("WM(:0)", 0), ("wm97", 0),
        ]
        for (text, value) in expected {
            #expect(try Self.value(text, distribution) == value, "\(text)")
        }
    }

    @Test("every mean of equal samples equals that sample, whatever is trimmed")
    func equalSamples() throws {
        for value in [0.1, 0.7, 3.3, 1e-7, 12_345.678] {
            for count in [1, 3, 7, 1013] {
                let distribution = try #require(Distribution(value: value, count: count))
                for text in ["tm90", "tm33.3", "TM(2%:98%)", "IQM", "wm90", "WM(10%:90%)", "p50"] {
                    #expect(try Self.value(text, distribution) == value, "\(text) of \(count) times \(value)")
                }
            }
        }
    }

    @Test("without a histogram, only statistics that follow from the minimum, maximum, sum and count are available")
    func summaries() throws {
        let summary = try #require(Distribution(count: 10, sum: 55, minimum: 1, maximum: 10))
        let expected: [(String, Double?)] = [
            ("tm90", nil), ("ts90", nil), ("wm90", nil), ("IQM", nil), ("tc90", 9), ("TC(10%:90%)", 8), ("tm100", 5.5),
            ("TS(0%:100%)", 55), ("TM(0:10)", 5.5), ("TM(0:9)", nil), ("TC(0:9)", nil), ("PR(:10)", 100),
            ("PR(:9)", nil), ("PR(10:)", 0), ("PR(:0.5)", 0), ("TM(10:)", nil), ("TS(10:)", 0), ("WM(20:30)", 20),
            ("WM(:0.5)", 0.5), ("WM(2:30)", nil), ("WM(0:30)", 5.5),
        ]
        for (text, value) in expected {
            #expect(try Self.value(text, summary) == value, "\(text)")
        }
        for text in ["tm90", "tc90", "ts90", "wm90", "IQM", "PR(:1)", "TC(:1)"] {
            #expect(try Self.value(text, .empty) == nil, "\(text)")
        }
    }
}
