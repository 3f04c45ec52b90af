import PurserCore

/// Turns the datapoints of export requests into slots, and remembers the values of cumulative ones.
struct OTLPPoints {
    let namespace: String
    private var sums = Cumulative<Double>()
    private var histograms = Cumulative<BoundedHistogram>()
    private var exponentials = Cumulative<ExponentialHistogram>()
    private var first: Timestamp?

    /// Twice the number of buckets that doubles of all magnitudes fall into.
    static let mostBuckets = 300_000

    init(namespace: String) {
        self.namespace = namespace
    }

    /// A fault of one datapoint.
    private struct Fault: Error {
        let message: String

        init(_ message: String) { self.message = message }
    }

    /// The properties that the datapoints of one metric share.
    private struct Context {
        var metric: JSONValue
        var name: String
        var unit: MetricUnit
        var isCumulative: Bool
        var isMonotonic: Bool
        /// Resource and scope: two processes may have the same dimensions, but count separately.
        var origin: String
        var service: PurserCore.Dimension?
    }

    /// One datapoint, with the properties that every kind of datapoint has.
    private struct Point {
        var json: JSONValue
        var key: String
        var series: Series
        var time: Timestamp
        var start: Timestamp?
    }

    mutating func read(_ resources: JSONValue, at place: String, into reading: inout LineReading) {
        for resource in resources.array ?? [] {
            let attributes = resource["resource"]?["attributes"]?.array ?? []
            let service = attributes.first { $0["key"]?.string == "service.name" }
            let name = service.flatMap { $0["value"] }.map(Self.text) ?? ""
            for scope in resource["scopeMetrics"]?.array ?? [] {
                let origin = JSONValue.array([.array(attributes), scope["scope"] ?? .null]).text()
                for metric in scope["metrics"]?.array ?? [] {
                    let context = Context(
                        metric: metric,
                        name: metric["name"]?.string ?? "",
                        unit: Self.unit(metric["unit"]?.string ?? ""),
                        isCumulative: false,
                        isMonotonic: false,
                        origin: origin,
                        service: name.isEmpty ? nil : PurserCore.Dimension("service.name", name)
                    )
                    read(context, at: place, into: &reading)
                }
            }
        }
    }

    private mutating func read(_ context: Context, at place: String, into reading: inout LineReading) {
        let kinds = ["gauge", "sum", "histogram", "exponentialHistogram"]
        guard let kind = kinds.first(where: { context.metric[$0] != nil }), let data = context.metric[kind] else {
            if context.metric["summary"] != nil {
                reading.notes.append("samples of the type summary are left out: they cannot be merged over time")
            } else {
                let message = "one of \(kinds.joined(separator: ", ")) is expected"
                reading.faults.append(Diagnostic(file: place, key: context.name, message))
            }
            return
        }
        var context = context
        if kind != "gauge" {
            switch data["aggregationTemporality"] {
            case .integer(1), .string("AGGREGATION_TEMPORALITY_DELTA"): break
            case .integer(2), .string("AGGREGATION_TEMPORALITY_CUMULATIVE"): context.isCumulative = true
            default:
                let message = "aggregationTemporality must be 1 (delta) or 2 (cumulative)"
                reading.faults.append(Diagnostic(file: place, key: context.name, message))
                return
            }
            context.isMonotonic = kind != "sum" || data["isMonotonic"]?.boolean == true
        }
        for json in data["dataPoints"]?.array ?? [] {
            do throws(Fault) {
                if let flags = Self.integer(json["flags"]), flags & 1 == 1 { continue }
                let point = try point(json, context)
                if first == nil { first = point.time }
                switch kind {
                case "histogram": try takeHistogram(point, context, &reading)
                case "exponentialHistogram": try takeExponential(point, context, &reading)
                default: try takeNumber(point, context, &reading)
                }
            } catch {
                reading.faults.append(Diagnostic(file: place, key: context.name, error.message))
            }
        }
    }

    private func point(_ json: JSONValue, _ context: Context) throws(Fault) -> Point {
        var dimensions = context.service.map { [$0] } ?? []
        for attribute in json["attributes"]?.array ?? [] {
            let (name, value) = (attribute["key"]?.string ?? "", attribute["value"].map(Self.text) ?? "")
            // The datapoint's own attribute takes precedence over the resource's; an empty value counts as none.
            if name == context.service?.name { dimensions.removeAll { $0.name == name } }
            if !value.isEmpty { dimensions.append(PurserCore.Dimension(name, value)) }
        }
        let metric = Metric(namespace: namespace, name: context.name, dimensions: dimensions)
        if let message = MetricLimits.fault(metric) { throw Fault(message) }
        guard let time = Self.time(json["timeUnixNano"]) else {
            throw Fault("timeUnixNano must be nanoseconds since 1970")
        }
        let series = Series(metric, unit: context.unit)
        let key = [context.origin, context.unit.rawValue, metric.description].joined(separator: "\n")
        return Point(json: json, key: key, series: series, time: time, start: Self.time(json["startTimeUnixNano"]))
    }

    /// Returns the new part of a cumulative value, computed by its kind's `since`; nil if nothing counts yet.
    private func new<Value>(
        _ value: Value,
        _ point: Point,
        in cumulative: inout Cumulative<Value>,
        _ reading: inout LineReading,
        since: (Value, Value) -> Value?
    ) throws(Fault) -> Value? {
        let step = cumulative.step(
            point.key,
            value,
            start: point.start,
            time: point.time,
            isTimed: true,
            first: first ?? point.time,
            isLate: false
        )
        switch step {
        case .fromZero: return value
        case .since(let before): return since(value, before) ?? value
        case .outOfOrder: throw Fault("\(point.time) is not after the previous datapoint")
        case .baseline:
            reading.notes.append("a series that began long before this input is counted from its first datapoint in it")
            return nil
        }
    }

    private mutating func takeNumber(_ point: Point, _ context: Context, _ reading: inout LineReading) throws(Fault) {
        guard let value = Self.double(point.json["asDouble"]) ?? Self.integer(point.json["asInt"]).map(Double.init)
        else {
            throw Fault("asDouble or asInt must be a number")
        }
        guard value.isFinite else {
            reading.notes.append("values that are NaN or infinite are left out")
            return
        }
        var sample: Double? = value
        if context.isCumulative, context.isMonotonic {
            sample = try new(value, point, in: &sums, &reading) { $0 >= $1 ? $0 - $1 : nil }
        }
        guard let sample else { return }
        guard let distribution = Distribution(value: sample) else { throw Fault("must be of a magnitude up to 2^63") }
        reading.add(point.series, at: point.time, distribution)
    }

    private mutating func takeHistogram(_ point: Point, _ context: Context, _ reading: inout LineReading) throws(Fault)
    {
        let bounds = (point.json["explicitBounds"]?.array ?? []).map(Self.double)
        let total = try count(point.json["count"], "count")
        var counts: [Int] = []
        for item in point.json["bucketCounts"]?.array ?? [] { counts.append(try count(item, "bucketCounts")) }
        if counts.isEmpty, bounds.isEmpty { counts = [total] }
        let finite = bounds.compactMap { $0 }.filter(\.isFinite)
        guard finite.count == bounds.count, counts.count == bounds.count + 1, counts.count <= Self.mostBuckets,
            zip(finite, finite.dropFirst()).allSatisfy({ $0 < $1 }), counts.reduce(0, +) == total
        else {
            throw Fault("bucketCounts must be one more than explicitBounds, which must ascend, and add up to count")
        }
        let full = BoundedHistogram(bounds: finite, counts: counts, sum: try sum(point))
        reading.notes.append("a histogram's samples are stored at their buckets' upper bounds; its sums are exact")
        if context.isCumulative {
            let rest = try new(full, point, in: &histograms, &reading) { $0.since($1) }
            if let rest { try store(rest.distribution(), point, &reading) }
        } else {
            let (low, high) = extremes(point)
            try store(full.distribution(minimum: low, maximum: high), point, &reading)
        }
    }

    private mutating func takeExponential(
        _ point: Point,
        _ context: Context,
        _ reading: inout LineReading
    ) throws(Fault) {
        guard let scale = Self.integer(point.json["scale"] ?? 0), ExponentialHistogram.scales.contains(scale) else {
            throw Fault("scale must be \(ExponentialHistogram.scales.lowerBound) to 20")
        }
        let full = ExponentialHistogram(
            scale: scale,
            zeroCount: try count(point.json["zeroCount"], "zeroCount"),
            positive: try buckets(point.json["positive"]),
            negative: try buckets(point.json["negative"]),
            sum: try sum(point)
        )
        guard full.count == (try count(point.json["count"], "count")) else {
            throw Fault("count must be the sum of zeroCount and all bucketCounts")
        }
        if !full.isExact {
            reading.notes.append("samples of exponential histograms below scale 6 are stored in the middle of buckets")
        }
        if context.isCumulative {
            let rest = try new(full, point, in: &exponentials, &reading) { $0.since($1) }
            if let rest { try store(rest.distribution(), point, &reading) }
        } else {
            let (low, high) = extremes(point)
            try store(full.distribution(minimum: low, maximum: high), point, &reading)
        }
    }

    private func buckets(_ json: JSONValue?) throws(Fault) -> [Int: Int] {
        let list = json?["bucketCounts"]?.array ?? []
        guard let offset = Self.integer(json?["offset"] ?? 0), Int32(exactly: offset) != nil,
            list.count <= Self.mostBuckets
        else { throw Fault("offset must be a whole number, with at most \(Self.mostBuckets) bucketCounts") }
        var counts: [Int: Int] = [:]
        for (index, item) in list.enumerated() { counts[offset + index] = try count(item, "bucketCounts") }
        return counts
    }

    private func store(_ distribution: Distribution?, _ point: Point, _ reading: inout LineReading) throws(Fault) {
        guard let distribution else { throw Fault("bounds and sum must be of a magnitude up to 2^63") }
        if !distribution.isEmpty { reading.add(point.series, at: point.time, distribution) }
    }

    private func extremes(_ point: Point) -> (Double?, Double?) {
        let (low, high) = (Self.double(point.json["min"]), Self.double(point.json["max"]))
        let largest = Distribution.largestMagnitude
        guard let low, let high, low <= high, low.magnitude <= largest, high.magnitude <= largest else {
            return (nil, nil)
        }
        return (low, high)
    }

    private func count(_ json: JSONValue?, _ key: String) throws(Fault) -> Int {
        guard let json else { return 0 }
        guard let count = Self.integer(json), (0...MetricLimits.largestCount).contains(count) else {
            throw Fault("\(key) must be whole numbers from 0 to 10^12")
        }
        return count
    }

    private func sum(_ point: Point) throws(Fault) -> Double? {
        guard let json = point.json["sum"] else { return nil }
        guard let sum = Self.double(json), sum.isFinite else { throw Fault("sum must be a number") }
        return sum
    }
}
