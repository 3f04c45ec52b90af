import Testing

@testable import PurserCore

@Suite("the heatmap of the latency")
struct LatencyHeatmapTests {
    private static func step(_ samples: [(Double, Int)]) throws -> Distribution {
        try samples.reduce(into: Distribution.empty) { step, sample in
            step.merge(try #require(Distribution(value: sample.0, count: sample.1)))
        }
    }

    @Test("every call is in the row whose bounds hold it, and rows are the same multiple of each other")
    func rows() throws {
        let map = try #require(
            LatencyHeatmap([try Self.step([(0.3, 5), (0.9, 2)]), .empty, try Self.step([(7, 1), (31, 3)])])
        )
        #expect(map.rows <= LatencyHeatmap.mostRows && map.edges == map.edges.sorted())
        for (low, high) in zip(map.edges, map.edges.dropFirst()) {
            #expect(abs(high / low - map.edges[1] / map.edges[0]) < 1e-9)
        }
        #expect(map.counts.map { $0?.reduce(0, +) } == [7, nil, 4])
        for (step, value, count) in [(0, 0.3, 5), (0, 0.9, 2), (2, 7, 1), (2, 31, 3)] {
            let row = try #require(map.edges.lastIndex { $0 <= value })
            #expect(map.counts[step]?[row] == count)
        }
    }

    @Test(
        "any range of latencies has at most twelve rows",
        arguments: [[1.0], [0, 0], [1e-9, 1e9], [0.001, 60], [0.2, 0.25], [.leastNonzeroMagnitude], [1e18, 2e18]]
    )
    func ranges(values: [Double]) throws {
        let map = try #require(LatencyHeatmap([try Self.step(values.map { ($0, 1) })]))
        #expect((1...LatencyHeatmap.mostRows).contains(map.rows))
        #expect(map.counts[0]?.reduce(0, +) == values.count)
    }

    @Test("without a histogram there is no heatmap")
    func nothing() {
        #expect(LatencyHeatmap([]) == nil && LatencyHeatmap([.empty, .empty]) == nil)
        let summary = Distribution(count: 3, sum: 6, minimum: 1, maximum: 3)
        #expect(LatencyHeatmap([summary ?? .empty]) == nil)
    }
}
