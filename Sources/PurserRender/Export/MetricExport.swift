package import PurserCore

/// The contents of an export: series, each with one distribution per period.
package struct MetricExport: Sendable, Equatable {
    /// A series and its periods in ascending order, without periods that have no samples.
    package struct Item: Sendable, Equatable {
        package var series: Series
        package var slots: [Slot]

        package init(_ series: Series, _ slots: [Slot]) {
            self.series = series
            self.slots = slots
        }
    }

    package var periodSeconds: Int
    package var items: [Item]

    package init(periodSeconds: Int, items: [Item]) {
        self.periodSeconds = periodSeconds
        self.items = items
    }

    /// CloudWatch's StorageResolution: 1 for periods below a minute.
    var storageResolution: Int { periodSeconds < 60 ? 1 : 60 }

    /// Every slot with its series, by time and then in the order of the items.
    var slotsByTime: [(start: Timestamp, points: [(series: Series, distribution: Distribution)])] {
        var byTime: [Timestamp: [(series: Series, distribution: Distribution)]] = [:]
        for item in items {
            for slot in item.slots where !slot.distribution.isEmpty {
                byTime[slot.start, default: []].append((item.series, slot.distribution))
            }
        }
        return byTime.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
