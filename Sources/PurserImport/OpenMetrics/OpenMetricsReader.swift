package import PurserCore

/// Reads OpenMetrics text, and Prometheus's text format: one scrape, or several one after the other.
///
/// Counters and classic histograms count from their start, so their growth from scrape to scrape is stored.
package struct OpenMetricsReader: MetricFormatReader {
    /// The `# TYPE` and `# UNIT` of a family of metrics.
    private struct Family {
        var kind = "unknown"
        var unit = MetricUnit.none
    }

    /// The samples of one counter or histogram at one time, which are on consecutive lines.
    private struct Group {
        let metric: Metric
        let unit: MetricUnit
        let time: Timestamp?
        let place: String
        var total: Double?
        var created: Timestamp?
        var sum: Double?
        var buckets: [Double: Double] = [:]

        func isSame(as other: Group) -> Bool { metric == other.metric && time == other.time && unit == other.unit }
    }

    let namespace: String
    let now: @Sendable () -> Timestamp
    private var families: [String: Family] = [:]
    private var group: Group?
    private var counters = Cumulative<Double>()
    private var histograms = Cumulative<BoundedHistogram>()
    private var first: Timestamp?
    /// Whether a scrape has ended, so a series that appears now began after it.
    private var isLaterScrape = false

    package init(namespace: String, now: @escaping @Sendable () -> Timestamp) {
        self.namespace = namespace
        self.now = now
    }

    package var remembers: Bool { true }
    package var isPending: Bool { group != nil }

    package mutating func read(_ line: String, at place: String) -> LineReading {
        if line.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return .skipped }
        if line.hasPrefix("#") { return readComment(line, place) }
        do throws(OpenMetricsSample.Fault) {
            return take(try OpenMetricsSample(line), place)
        } catch {
            return LineReading(faults: [Diagnostic(file: place, "\(error)")])
        }
    }

    package mutating func finish() -> LineReading {
        defer { group = nil }
        guard let group else { return LineReading() }
        var reading = emit(group)
        reading.endsEarlier = true
        return reading
    }

    private mutating func readComment(_ line: String, _ place: String) -> LineReading {
        let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: true).map(String.init)
        if words == ["#", "EOF"] {
            let reading = finish()
            isLaterScrape = true
            return reading
        }
        guard words.count >= 3 else { return LineReading() }
        if words[1] == "TYPE" {
            let kinds = [
                "counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset", "unknown", "untyped",
            ]
            guard words.count == 4, kinds.contains(words[3]) else {
                let message = "a TYPE must be one of \(kinds.joined(separator: ", "))"
                return LineReading(faults: [Diagnostic(file: place, key: words[2], message)])
            }
            families[words[2], default: Family()].kind = words[3]
        } else if words[1] == "UNIT" {
            families[words[2], default: Family()].unit = words.count == 4 ? Self.unit(words[3]) : .none
        }
        return LineReading()
    }

    static func unit(_ text: String) -> MetricUnit {
        switch text {
        case "seconds": .seconds
        case "milliseconds": .milliseconds
        case "microseconds": .microseconds
        case "bytes": .bytes
        case "kilobytes": .kilobytes
        case "megabytes": .megabytes
        case "gigabytes": .gigabytes
        case "terabytes": .terabytes
        case "bits": .bits
        case "percent": .percent
        default: .none
        }
    }

    /// Returns the family of a sample, and the part of its name after the family's.
    private func family(of name: String) -> (name: String, suffix: String, family: Family) {
        if let family = families[name] { return (name, "", family) }
        let suffixes = [
            "counter": ["_total", "_created"], "histogram": ["_bucket", "_count", "_sum", "_created"],
            "gaugehistogram": ["_bucket", "_gcount", "_gsum"], "summary": ["_count", "_sum", "_created"],
            "info": ["_info"],
        ]
        for end in ["_total", "_created", "_bucket", "_count", "_sum", "_gcount", "_gsum", "_info"]
        where name.hasSuffix(end) {
            let base = String(name.dropLast(end.count))
            if let family = families[base], suffixes[family.kind]?.contains(end) == true { return (base, end, family) }
        }
        return (name, "", Family())
    }

    private mutating func take(_ sample: OpenMetricsSample, _ place: String) -> LineReading {
        let (base, suffix, family) = family(of: sample.name)
        let isCounter = family.kind == "counter"
        // An empty label is the same as a missing one.
        var labels = sample.labels.filter { !$0.value.isEmpty }
        var bound: Double?
        if family.kind == "histogram", suffix == "_bucket" {
            bound = labels.first { $0.name == "le" }.flatMap { Double($0.value) }
            labels.removeAll { $0.name == "le" }
            guard let bound, !bound.isNaN else {
                return fault(place, sample.name, "a bucket needs its bound in the label le")
            }
        }
        let name = isCounter && suffix == "_created" ? base + "_total" : isCounter ? sample.name : base
        let metric = Metric(namespace: namespace, name: name, dimensions: labels)
        if let message = MetricLimits.fault(metric) { return fault(place, sample.name, message) }
        switch family.kind {
        case "counter", "histogram":
            if family.kind == "histogram", suffix.isEmpty {
                return fault(place, sample.name, "a histogram's samples end in _bucket, _count, _sum or _created")
            }
            let next = Group(metric: metric, unit: family.unit, time: sample.time, place: place)
            return gather(next, sample, suffix: isCounter && suffix.isEmpty ? "_total" : suffix, bound: bound)
        case "summary", "gaugehistogram", "info":
            var reading = finish()
            reading.isSkipped = true
            reading.notes.append("samples of the type \(family.kind) are left out: they cannot be merged over time")
            return reading
        default:
            var reading = finish()
            guard sample.value.isFinite else {
                reading.notes.append("values that are NaN or infinite are left out")
                return reading
            }
            guard let distribution = Distribution(value: sample.value) else {
                reading.faults.append(Diagnostic(file: place, key: name, "must be of a magnitude up to 2^63"))
                return reading
            }
            reading.add(Series(metric, unit: family.unit), at: see(sample.time), distribution)
            return reading
        }
    }

    private func fault(_ place: String, _ key: String, _ message: String) -> LineReading {
        LineReading(faults: [Diagnostic(file: place, key: key, message)])
    }

    /// Returns the time of a sample and remembers the input's first one.
    private mutating func see(_ time: Timestamp?) -> Timestamp {
        let time = time ?? now()
        if first == nil { first = time }
        return time
    }

    private mutating func gather(_ next: Group, _ sample: OpenMetricsSample, suffix: String, bound: Double?)
        -> LineReading
    {
        var reading = LineReading()
        var current = next
        if let open = group, open.isSame(as: next), suffix != "_total" || open.total == nil {
            current = open
        } else {
            reading = finish()
        }
        switch suffix {
        case "_bucket":
            if let bound { current.buckets[bound] = sample.value }
        case "_sum": current.sum = sample.value
        case "_created": current.created = MetricLimits.time(milliseconds: sample.value * 1000)
        default: current.total = sample.value
        }
        group = current
        return reading
    }

    private mutating func emit(_ group: Group) -> LineReading {
        let time = see(group.time)
        if group.buckets.isEmpty { return emitCounter(group, time) }
        guard let histogram = histogram(group) else {
            let message =
                "a histogram's bucket counts must be non-decreasing integers up to le=\"+Inf\", whose count is _count"
            return fault(group.place, group.metric.name, message)
        }
        let step = histograms.step(
            key(group),
            histogram,
            start: group.created,
            time: time,
            isTimed: group.time != nil,
            first: first ?? time,
            isLate: isLate(group, time, isKnown: histograms.knows(key(group)))
        )
        switch step {
        case .baseline: return Self.baseline
        case .outOfOrder: return outOfOrder(group, time)
        case .fromZero: return store(histogram, group, time)
        case .since(let before): return store(histogram.since(before) ?? histogram, group, time)
        }
    }

    private mutating func emitCounter(_ group: Group, _ time: Timestamp) -> LineReading {
        // A histogram without buckets here, or a counter with only its start.
        guard let total = group.total else { return LineReading() }
        guard total.isFinite, total >= 0 else {
            return fault(group.place, group.metric.name, "a counter's value must be a number of at least 0")
        }
        let step = counters.step(
            key(group),
            total,
            start: group.created,
            time: time,
            isTimed: group.time != nil,
            first: first ?? time,
            isLate: isLate(group, time, isKnown: counters.knows(key(group)))
        )
        var growth = total
        switch step {
        case .baseline: return Self.baseline
        case .outOfOrder: return outOfOrder(group, time)
        case .fromZero: break
        case .since(let before): growth = total >= before ? total - before : total
        }
        var reading = LineReading()
        guard let distribution = Distribution(value: growth) else {
            return fault(group.place, group.metric.name, "must be of a magnitude up to 2^63")
        }
        reading.add(Series(group.metric, unit: group.unit), at: time, distribution)
        return reading
    }

    /// Returns whether a series that is new here began after the first scrape.
    private mutating func isLate(_ group: Group, _ time: Timestamp, isKnown: Bool) -> Bool {
        // With times, all scrapes of one family may come before the next family, so only the time decides.
        if group.time != nil { return isLaterScrape || first.map { time > $0 } ?? false }
        if isKnown { isLaterScrape = true }
        return isLaterScrape
    }

    private func key(_ group: Group) -> String { "\(group.unit.rawValue) \(group.metric)" }

    private static let baseline = LineReading(notes: [
        "a counter or histogram that began before this input is counted from its first sample in it"
    ])

    private func outOfOrder(_ group: Group, _ time: Timestamp) -> LineReading {
        fault(group.place, group.metric.name, "\(time) is not after the previous sample")
    }

    private func histogram(_ group: Group) -> BoundedHistogram? {
        let bounds = group.buckets.keys.sorted()
        guard bounds.last == .infinity, bounds.first != -.infinity else { return nil }
        var counts: [Int] = []
        var below = 0
        for bound in bounds {
            guard let count = group.buckets[bound].flatMap({ Int(exactly: $0) }), count >= below,
                count <= MetricLimits.largestCount
            else { return nil }
            counts.append(count - below)
            below = count
        }
        if let total = group.total, total != Double(below) { return nil }
        if let sum = group.sum, !sum.isFinite { return nil }
        return BoundedHistogram(bounds: Array(bounds.dropLast()), counts: counts, sum: group.sum)
    }

    private func store(_ histogram: BoundedHistogram, _ group: Group, _ time: Timestamp) -> LineReading {
        var reading = LineReading()
        guard let distribution = histogram.distribution() else {
            return fault(group.place, group.metric.name, "bounds and sum must be of a magnitude up to 2^63")
        }
        if !distribution.isEmpty { reading.add(Series(group.metric, unit: group.unit), at: time, distribution) }
        reading.notes.append("a histogram's samples are stored at their buckets' upper bounds; its sums are exact")
        return reading
    }
}
