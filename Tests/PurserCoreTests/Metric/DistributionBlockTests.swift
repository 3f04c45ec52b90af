import PurserCore
import TestSupport
import Testing

@Suite struct DistributionBlockTests {
    /// The shapes that the samples of a series can have.
    enum Kind: CaseIterable {
        case nanoseconds, milliseconds, doubles, wholeNumbers, ones, zerosAndOnes, signed, huge, summaries, mixed
    }

    private static func distribution(_ kind: Kind, _ random: inout TestRandom) -> Distribution {
        func latency() -> Double { Double(Int64.random(in: 1...20_000_000_000, using: &random)) }
        func several(_ value: () -> Double) -> Distribution {
            var all = Distribution.empty
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                if let one = Distribution(value: value()) { all.merge(one) }
            }
            return all
        }
        switch kind {
        case .nanoseconds: return several { latency() / 1e9 }
        case .milliseconds: return several { (latency() / 1e6).rounded() / 1e3 }
        case .doubles: return several { Double.random(in: 0...100, using: &random) }
        case .wholeNumbers: return several { Double(Int.random(in: 0...100_000, using: &random)) }
        case .ones:
            return Distribution(value: 1, count: Int.random(in: 1...1_000_000, using: &random)) ?? .empty
        case .zerosAndOnes: return several { Double(Int.random(in: 0...1, using: &random)) }
        case .signed: return several { Double(Int.random(in: -1000...1000, using: &random)) / 8 }
        case .huge:
            return several { Double(bitPattern: random.next() & 0x43df_ffff_ffff_ffff) }
        case .summaries:
            return Distribution(count: Int.random(in: 1...9, using: &random), sum: 5, minimum: 0.5, maximum: 4)
                ?? .empty
        case .mixed: return distribution(Kind.allCases.dropLast().randomElement(using: &random) ?? .ones, &random)
        }
    }

    private static func block(_ kind: Kind, step: Int, _ random: inout TestRandom) -> DistributionBlock {
        let density = Double.random(in: 0.02...1, using: &random)
        let indices = (0..<3600 / step).filter { _ in Double.random(in: 0..<1, using: &random) < density }
        return DistributionBlock(
            step: step,
            entries: (indices.isEmpty ? [0] : indices).map {
                .init(index: $0, distribution: distribution(kind, &random))
            }
        )
    }

    @Test("a block is read back exactly, whatever it contains", arguments: Kind.allCases)
    func roundTrip(kind: Kind) throws {
        for seed in UInt64(1)...40 {
            var random = TestRandom(seed)
            let step = DistributionBlock.steps.randomElement(using: &random) ?? 60
            let block = Self.block(kind, step: step, &random)
            #expect(try DistributionBlock(encoded: block.encoded()) == block, "seed \(seed)")
        }
    }

    @Test("a repeated value, many different values, and numbers at the limits of their types are read back exactly")
    func edges() throws {
        let distributions = [
            Distribution(value: 1, count: .max), Distribution(value: -0.0, count: 3), Distribution(value: 0, count: 1),
            Distribution(value: Distribution.largestMagnitude), Distribution(value: .leastNonzeroMagnitude),
            Distribution(value: 3_999_999_999.999_999, count: 2), Distribution(value: 4e9, count: 5),
            Distribution(count: 3, sum: -1, minimum: -2, maximum: 7),
            // Inconsistent figures, whose difference is as large as a 64-bit number can be.
            Distribution(count: 3, sum: -9_223_372_036.854774475, minimum: 3e-7, maximum: 3e-7),
            Distribution(
                count: 4,
                sumNanos: .max,
                minimum: 1,
                maximum: 2,
                buckets: [.init(key: 70_000, count: 1), .init(key: 70_063, count: 3)]
            ),
        ].compactMap { $0 }
        #expect(distributions.count == 10)
        for distribution in distributions {
            let block = DistributionBlock(step: 3600, entries: [.init(index: 0, distribution: distribution)])
            #expect(try DistributionBlock(encoded: block.encoded()) == block, "\(distribution)")
        }
        var wide = Distribution.empty
        for power in -300...18 {
            for factor in 1...9 {
                if let one = Distribution(value: Double(factor) * Double(sign: .plus, exponent: power, significand: 1))
                {
                    wide.merge(one)
                }
            }
        }
        let block = DistributionBlock(step: 10, entries: [.init(index: 359, distribution: wide)])
        #expect(try DistributionBlock(encoded: block.encoded()) == block)
    }

    @Test("damaged bytes are rejected or misread, and never crash the process", arguments: Kind.allCases)
    func damage(kind: Kind) throws {
        for seed in UInt64(1)...20 {
            var random = TestRandom(seed)
            let bytes = Self.block(kind, step: 60, &random).encoded()
            #expect(throws: CorruptDistribution.self) { try DistributionBlock(encoded: []) }
            for _ in 0..<50 {
                var damaged = bytes
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let position = Int.random(in: damaged.indices, using: &random)
                    damaged[position] = UInt8.random(in: .min ... .max, using: &random)
                }
                damaged.removeLast(
                    Int.random(in: 0...1, using: &random) * Int.random(in: 0..<damaged.count, using: &random)
                )
                _ = try? DistributionBlock(encoded: damaged)
            }
        }
        for seed in UInt64(100)...400 {
            var random = TestRandom(seed)
            let noise = (0..<Int.random(in: 1...80, using: &random)).map { _ in
                UInt8.random(in: .min ... .max, using: &random)
            }
            _ = try? DistributionBlock(encoded: noise)
        }
    }

    @Test("a coarser block holds the merged samples of the finer one", arguments: Kind.allCases)
    func merging(kind: Kind) throws {
        for seed in UInt64(1)...20 {
            var random = TestRandom(seed)
            let fine = Self.block(kind, step: 10, &random)
            let encoded = fine.encoded()
            for step in [60, 300, 3600] {
                var merger = DistributionBlockMerger(step: step)
                try encoded.withUnsafeBytes { try merger.add(encoded: $0) }
                var expected: [Int: Distribution] = [:]
                for entry in fine.entries {
                    expected[entry.index * 10 / step, default: .empty].merge(entry.distribution)
                }
                let entries = expected.sorted { $0.key < $1.key }.map {
                    DistributionBlock.Entry(index: $0.key, distribution: $0.value)
                }
                #expect(merger.block == DistributionBlock(step: step, entries: entries), "seed \(seed), step \(step)")
            }
        }
    }

    @Test("the encoding does not change: stores that are years old must stay readable")
    func golden() throws {
        func distribution(_ values: Double...) -> Distribution {
            values.reduce(into: Distribution.empty) { $0.merge(Distribution(value: $1) ?? .empty) }
        }
        let latencies = [
            distribution(0.512_345_678, 1.25, 1.251, 3.75), distribution(2.5), distribution(0.7, 0.8),
        ]
        let summary = try #require(Distribution(count: 3, sum: 5, minimum: 0.5, maximum: 4))
        let ones = [7, 1, 3].compactMap { Distribution(value: 1, count: $0) }
        var wide = Distribution.empty
        for value in 1...200 {
            wide.merge(distribution(Double(value)))
        }
        let cases = [
            (
                Self.block(60, latencies),
                "090680a04611320a07a4e8190d234a2c040b155170ee1eb603e46a2acb36e54523d5ad419200"
            ),
            (Self.block(10, ones), "040680a9060103c200"),
            (Self.block(300, [summary]), "020100140a000000000000e03f00000000000010400a0300"),
            (
                Self.block(3600, [wide]),
                "0f02fe51845bdf917501000000000000000080000000010000002000008000200040020020040100"
                    + "8080808204104104210844222112222448922492492524a5252a52a54aa5552aaaaaaaaad555aad5"
                    + "6ad6ad6b5ad6b6b6b6d6db6db5b76db680808f8e8400"
            ),
        ]
        for (block, hex) in cases {
            let bytes = block.encoded()
            #expect(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == hex)
            #expect(try DistributionBlock(encoded: bytes) == block)
        }
    }

    private static func block(_ step: Int, _ distributions: [Distribution]) -> DistributionBlock {
        let entries = distributions.enumerated().map { DistributionBlock.Entry(index: 2 * $0, distribution: $1) }
        return DistributionBlock(step: step, entries: entries)
    }

    @Test("an hour with six latencies and four counters a minute takes less than 20 bytes a minute")
    func size() throws {
        var random = TestRandom(11)
        var latencies: [DistributionBlock.Entry] = []
        var counters: [[DistributionBlock.Entry]] = [[], [], [], []]
        for minute in 0..<60 {
            var latency = Distribution.empty
            for _ in 0..<6 {
                // Nanoseconds as a clock returns them, spread over three octaves.
                let nanos = Int64.random(in: 800_000_000...6_400_000_000, using: &random)
                if let one = Distribution(value: Double(nanos) / 1e9) { latency.merge(one) }
            }
            latencies.append(.init(index: minute, distribution: latency))
            let counts = [6, Int.random(in: 1...2, using: &random), Int.random(in: 4000...8000, using: &random), 2500]
            for (counter, count) in counts.enumerated() {
                let distribution = try #require(Distribution(value: 1, count: count))
                counters[counter].append(.init(index: minute, distribution: distribution))
            }
        }
        let bytes = ([latencies] + counters).map { DistributionBlock(step: 60, entries: $0).encoded().count }
        #expect(bytes.reduce(0, +) < 60 * 20, "\(bytes)")
    }
}
