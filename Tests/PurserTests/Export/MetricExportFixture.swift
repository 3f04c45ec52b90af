import Purser
import PurserCore
import PurserRender
import Testing

/// Exports for the tests of formats.
enum MetricExportFixture {
    static let start = PurserFixture.start

    static func series(
        _ name: String,
        _ dimensions: [PurserCore.Dimension] = [],
        unit: MetricUnit = .none
    ) -> Series {
        Series(Metric(namespace: "App", name: name, dimensions: dimensions), unit: unit)
    }

    static func distribution(_ values: [Double]) throws -> Distribution {
        var merged = DistributionAccumulator()
        let single = values.compactMap { Distribution(value: $0) }
        try #require(single.count == values.count)
        for one in single { merged.add(one) }
        return merged.distribution
    }

    /// Returns a distribution of a typical shape: latencies, counts, money, signed numbers with zeros, or equal values.
    static func random(using random: inout SeededRandom, isSigned: Bool = true) throws -> Distribution {
        let count = Int.random(in: 1...400, using: &random)
        let shape = Int.random(in: 0..<(isSigned ? 6 : 5), using: &random)
        let values = (0..<count).map { _ -> Double in
            switch shape {
            case 0: 0.001 * Double(1 << Int.random(in: 0...16, using: &random)) * (1 + random.unit())
            case 1: Double(Int.random(in: 0...5, using: &random))
            case 2: random.unit() * 1e-4
            case 3: 0.1
            case 4: Double(sign: .plus, exponent: Int.random(in: -60...60, using: &random), significand: 1)
            default: Double(Int.random(in: -2...2, using: &random)) * 1000 * random.unit()
            }
        }
        return try distribution(values)
    }

    /// Returns many series, each with three one-minute periods.
    static func export(seed: UInt64, series count: Int, isSigned: Bool = true) throws -> MetricExport {
        var random = SeededRandom(seed: seed)
        let items = try (0..<count).map { number in
            let slots = try (0..<3).map { minute in
                Slot(start: start + 60 * minute, distribution: try Self.random(using: &random, isSigned: isSigned))
            }
            let unit = MetricUnit.allCases.randomElement(using: &random) ?? .none
            let dimensions = number % 3 == 0 ? [] : [PurserCore.Dimension("Model Id", "a\"b\\c\n\(number) ä")]
            return MetricExport.Item(series("Metric.\(number / 2)", dimensions, unit: unit), slots)
        }
        return MetricExport(periodSeconds: 60, items: items)
    }

    /// Returns a summary without a histogram.
    static func summary() throws -> Distribution {
        try #require(Distribution(count: 4, sum: 10, minimum: 1, maximum: 5))
    }

    static func total(_ slots: [Slot]) -> Distribution {
        SlotSeries(slots).total(from: start, to: start + 86_400)
    }
}
