/// What the service did in a part of the past: one bin of the history that a forecast is made from.
package struct TrafficBin: Sendable, Equatable {
    package var start: Timestamp
    /// The length that has data; the newest bin may not be over.
    package var seconds: Int
    package var requests: Double
    package var dollars: Double

    package init(start: Timestamp, seconds: Int, requests: Double, dollars: Double) {
        self.start = start
        self.seconds = seconds
        self.requests = requests
        self.dollars = dollars
    }

    package var end: Timestamp { start + seconds }
}

extension [TrafficBin] {
    /// The days, by UTC, that the bins cover completely, in ascending order, each with its bins.
    var wholeDays: [(day: Timestamp, bins: [TrafficBin])] {
        Dictionary(grouping: self) { $0.start.floored(toSeconds: 86_400) }
            .filter { $0.value.reduce(0) { $0 + $1.seconds } == 86_400 }
            .sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }
}
