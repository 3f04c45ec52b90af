import Foundation
import PurserCore
import TestSupport
import Testing

@Suite struct BucketScaleTests {
    @Test("every edge is within two ulps of 2^(k/64), and edges ascend")
    func edges() {
        var previous = 0.0
        for k in -60_000...60_000 where k % 7 == 0 || abs(k) < 300 {
            let edge = BucketScale.edge(k)
            // With the octave split off, exp2's argument is exact in double, and its own rounding stays below an ulp.
            let octave = (Double(k) / 64).rounded(.down)
            let exact = Double(sign: .plus, exponent: Int(octave), significand: exp2(Double(k) / 64 - octave))
            #expect(abs(edge - exact) <= 2 * exact.ulp, "k = \(k)")
            #expect(edge > previous, "k = \(k)")
            previous = edge
        }
    }

    @Test("a value on an edge belongs to the bucket below it, and the next double to the one above")
    func edgesAreInclusiveAbove() {
        for k in stride(from: -64_000, through: 64_000, by: 37) {
            let edge = BucketScale.edge(k)
            #expect(BucketScale.key(of: edge) == Int32(k - 1) + BucketScale.offset)
            #expect(BucketScale.key(of: edge.nextUp) == Int32(k) + BucketScale.offset)
            #expect(BucketScale.key(of: -edge) == -(Int32(k - 1) + BucketScale.offset))
        }
    }

    @Test("every positive double lies in (lower, upper] of its bucket", arguments: [UInt64(1), 2, 3])
    func containment(seed: UInt64) throws {
        var random = TestRandom(seed)
        for _ in 0..<20_000 {
            let value = Double(bitPattern: random.next() & 0x7fff_ffff_ffff_ffff)
            guard value.isFinite, value > 0 else { continue }
            let key = try #require(BucketScale.key(of: value))
            let k = Int(key - BucketScale.offset)
            #expect(BucketScale.edge(k) < value || value.isSubnormal, "\(value), seed \(seed)")
            #expect(value <= BucketScale.edge(k + 1), "\(value), seed \(seed)")
        }
    }

    @Test("NaN and the infinities have no bucket; both zeros share one")
    func specialValues() {
        #expect(BucketScale.key(of: .nan) == nil)
        #expect(BucketScale.key(of: .infinity) == nil)
        #expect(BucketScale.key(of: -.infinity) == nil)
        #expect(BucketScale.key(of: 0) == 0)
        #expect(BucketScale.key(of: -0.0) == 0)
        #expect(BucketScale.key(of: .leastNonzeroMagnitude) != nil)
        #expect(BucketScale.key(of: .greatestFiniteMagnitude) != nil)
    }
}

@Suite struct DistributionTests {
    /// Returns samples of several shapes: latencies, token counts, both signs, and many equal values.
    static func samples(_ seed: UInt64, count: Int) -> [Double] {
        var random = TestRandom(seed)
        return (0..<count).map { _ in
            let unit = Double.random(in: 0..<1, using: &random)
            return switch seed % 4 {
            case 0: exp(unit * 12 - 6)
            case 1: Double(Int.random(in: 0...20_000, using: &random))
            case 2: (unit - 0.5) * 1e6
            default: unit < 0.6 ? 0.25 : exp(-3 * log(1 - unit))
            }
        }
    }

    static func distribution(_ samples: [Double]) -> Distribution {
        var accumulator = DistributionAccumulator()
        for sample in samples {
            if let one = Distribution(value: sample) { accumulator.add(one) }
        }
        return accumulator.distribution
    }

    @Test("percentiles are within 0.55 % of the exact nearest-rank quantile", arguments: UInt64(1)...24)
    func percentileError(seed: UInt64) throws {
        for count in [1, 2, 3, 10, 99, 1000, 7001] {
            let samples = Self.samples(seed, count: count).sorted()
            let distribution = Self.distribution(samples)
            for percent in [0, 1, 25, 50, 90, 95, 99, 99.9, 100] {
                let rank = min(max(Int((percent * Double(count) / 100 - 1e-9).rounded(.up)), 1), count)
                let exact = samples[rank - 1]
                let estimate = try #require(distribution.percentile(percent))
                #expect(abs(estimate - exact) <= 0.0055 * abs(exact), "p\(percent) of \(count), seed \(seed)")
            }
            #expect(distribution.percentile(0) == samples.first)
            #expect(distribution.percentile(100) == samples.last)
        }
    }

    @Test("merging is exact and the order does not matter", arguments: UInt64(1)...16)
    func mergeOrder(seed: UInt64) {
        let samples = Self.samples(seed, count: 3000)
        let whole = Self.distribution(samples)
        var random = TestRandom(seed &* 77)
        var parts: [Distribution] = []
        var rest = samples[...]
        while !rest.isEmpty {
            let size = min(rest.count, Int.random(in: 1...400, using: &random))
            parts.append(Self.distribution(Array(rest.prefix(size))))
            rest = rest.dropFirst(size)
        }
        for _ in 0..<3 {
            parts.shuffle(using: &random)
            var merged = Distribution.empty
            for part in parts {
                merged.merge(part)
            }
            #expect(merged == whole, "seed \(seed)")
        }
    }

    @Test("decoding returns the distribution that was encoded", arguments: UInt64(1)...16)
    func encodingRoundTrip(seed: UInt64) throws {
        for count in [1, 2, 17, 1000] {
            let distribution = Self.distribution(Self.samples(seed, count: count))
            #expect(try Distribution(encoded: distribution.encoded()) == distribution, "seed \(seed)")
        }
    }

    @Test("special distributions survive encoding and decoding")
    func encodingOfSpecialCases() throws {
        let cases = [
            Distribution(value: 1, count: 1_000_000), Distribution(value: 0), Distribution(value: -2.5, count: 3),
            Distribution(value: 0x1p63), Distribution(value: 1e-300), Distribution(value: -0.0),
            Distribution(count: 10, sum: 55, minimum: 1, maximum: 10),
            Distribution(count: 4, sum: 10.5, minimum: 2.5, maximum: 2.5),
        ]
        for distribution in cases {
            let distribution = try #require(distribution)
            let back = try Distribution(encoded: distribution.encoded())
            #expect(back == distribution)
            #expect(back.minimum.sign == distribution.minimum.sign)
        }
    }

    @Test("a counter's slot takes only a few bytes")
    func encodingSize() throws {
        #expect(try #require(Distribution(value: 1, count: 387)).encoded().count == 4)
    }

    @Test("damaged bytes are an error, never a crash", arguments: UInt64(1)...8)
    func damagedBytes(seed: UInt64) throws {
        let bytes = Self.distribution(Self.samples(seed, count: 200)).encoded()
        for length in 0..<bytes.count {
            #expect(throws: CorruptDistribution.self) { try Distribution(encoded: Array(bytes.prefix(length))) }
        }
        var random = TestRandom(seed)
        for _ in 0..<2000 {
            var damaged = bytes
            damaged[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            _ = try? Distribution(encoded: damaged)
        }
        for _ in 0..<2000 {
            let noise = (0..<20).map { _ in UInt8.random(in: 0...255, using: &random) }
            _ = try? Distribution(encoded: noise)
        }
    }

    @Test("sums are exact to a billionth of the unit")
    func exactSums() throws {
        var tenth = Distribution.empty
        for _ in 0..<10_000_000 / 1000 {
            tenth.merge(try #require(Distribution(value: 0.1, count: 1000)))
        }
        #expect(tenth.sum == 1_000_000)
        let large = try #require(Distribution(value: 2_251_799_813_685_249.5))
        #expect(large.sumNanos == 2_251_799_813_685_249_500_000_000)
    }

    @Test("a summary without a histogram has no percentiles, and neither does a distribution that it is merged into")
    func summaries() throws {
        var summary = try #require(Distribution(count: 10, sum: 55, minimum: 1, maximum: 10))
        #expect(summary.percentile(99) == nil)
        #expect(summary.average == 5.5)
        summary.merge(try #require(Distribution(value: 3)))
        #expect(summary.percentile(50) == nil)
        #expect(summary.count == 11)
        #expect(Distribution(count: 0, sum: 0, minimum: 0, maximum: 0) == nil)
        #expect(Distribution(count: 2, sum: 3, minimum: 2, maximum: 1) == nil)
    }

    @Test("sums and counts that overflow saturate at the largest value, even after being stored and read back")
    func saturation() throws {
        var huge = try #require(Distribution(value: 0x1p63, count: .max))
        #expect(huge.sumNanos == .max)
        huge.merge(huge)
        #expect(huge.count == .max && huge.sumNanos == .max)
        huge.merge(try #require(Distribution(value: 0.5)))
        let back = try Distribution(encoded: huge.encoded())
        #expect(back == huge && back.percentile(99) != nil)
        var accumulator = DistributionAccumulator()
        for _ in 0..<3 {
            try huge.encoded().withUnsafeBytes { bytes in try accumulator.add(encoded: bytes) }
        }
        #expect(accumulator.distribution.count == .max)
        let negative = try #require(Distribution(value: -0x1p63, count: .max))
        #expect(negative.sumNanos == .min)
        #expect(try Distribution(encoded: negative.encoded()) == negative)
    }

    @Test("values that a sum cannot hold are rejected", arguments: [Double.nan, .infinity, -.infinity, 1e20, -1e19])
    func refusedValues(value: Double) {
        #expect(Distribution(value: value) == nil)
    }

    @Test("samples added in batches give the same distribution as samples added one by one", arguments: UInt64(1)...16)
    func batches(seed: UInt64) throws {
        var random = TestRandom(seed)
        // From one octave to more than a window covers.
        let octaves = [1, 8, 60, 120][Int(seed % 4)]
        var (inBatches, oneByOne) = (DistributionAccumulator(), DistributionAccumulator())
        for _ in 0..<50 {
            var bits: [UInt64] = []
            var rejected = 0
            for _ in 0..<random.next() % 40 {
                let exponent = Double(random.next() % UInt64(octaves)) - Double(octaves) / 2
                let special: [Double] = [0, -0.0, .nan, .infinity, 0x1p63, 0x1.8p63]
                let value =
                    random.next() % 20 == 0
                    ? special[Int(random.next() % 6)]
                    : (random.next() % 3 == 0 ? -1 : 1) * exp2(exponent + Double(random.next() % 1000) / 1000)
                bits.append(value.bitPattern)
                if let one = Distribution(value: value) { oneByOne.add(one) } else { rejected += 1 }
            }
            let refused = inBatches.add(valueBits: bits.span)
            #expect(refused == rejected, "seed \(seed)")
        }
        #expect(inBatches.distribution == oneByOne.distribution, "seed \(seed)")
    }

    @Test("durations added in batches keep an exact sum, whatever their size")
    func durationBatches() throws {
        let durations: [Int64] = [1, 0, -5, .max, .max, 1_500_000_000, .min, 7, .max]
        var accumulator = DistributionAccumulator()
        let bits = durations.map { UInt64(bitPattern: $0) }
        accumulator.add(nanosecondBits: bits.span)
        let taken = accumulator.takeAll()
        let all = try #require(taken)
        #expect(all.count == 9)
        #expect(all.sumNanos == durations.reduce(Int128(0)) { $0 + Int128($1) })
        #expect(all.minimum == Double(Int64.min) / 1e9 && all.maximum == Double(Int64.max) / 1e9)
        #expect(all.buckets.reduce(0) { $0 + $1.count } == 9)
        let rest = accumulator.takeAll()
        #expect(rest == nil)
    }
}
