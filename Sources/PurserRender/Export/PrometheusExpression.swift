import PurserCore

/// Writes an alarm's watched value as PromQL: a vector of one element without labels, or an empty one if a datapoint is
/// missing.
struct PrometheusExpression {
    private let metrics: PrometheusRules.Metrics
    private let period: Int
    private(set) var notes: [String] = []
    /// Whether a period without samples is 0 rather than missing, because a counter does not show when it was
    /// increased.
    private(set) var countsZero = false

    private typealias Untranslatable = PrometheusRule.Untranslatable

    init(metrics: PrometheusRules.Metrics, period: Int) {
        self.metrics = metrics
        self.period = period
    }

    mutating func value(of rule: AlarmRule) throws(PrometheusRule.Untranslatable) -> String {
        switch rule {
        case .metric(let metric):
            let leaf = try leaf(metric)
            guard let samples = leaf.samples else {
                countsZero = true
                return leaf.value
            }
            return "(\(leaf.value) and \(samples) > 0)"
        case .math(let math): return try value(of: math)
        case .composite: throw Untranslatable("Prometheus has no alert on the states of other alerts")
        }
    }

    // MARK: - Metrics

    /// A metric's value and its number of samples; nil if the exported metric does not have that number.
    private struct Leaf {
        var value: String
        var samples: String?
    }

    private mutating func leaf(_ metric: AlarmMetric) throws(PrometheusRule.Untranslatable) -> Leaf {
        let plain = Metric(namespace: metric.metric.namespace, name: metric.metric.name)
        let known = metrics.units(plain)
        guard let unit = metric.unit ?? (known.count == 1 ? known.first : nil) else {
            let why =
                known.isEmpty
                ? "has no Unit, and the store has no data of it that would say it"
                : "has no Unit, and the store has its data in \(known.map(\.rawValue).sorted().joined(separator: ", "))"
            let noUnit = "\(plain.name) \(why); its name in Prometheus depends on it"
            throw Untranslatable("a metric whose unit is not known", reason: noUnit)
        }
        let series = Series(plain, unit: unit)
        let name = PrometheusName.family(series)
        let selector = selector(metric.metric)
        func increase(_ suffix: String) -> String { "increase(\(name)\(suffix)\(selector)[\(period)s])" }
        let counter = "sum(\(increase("_total")))"
        let samples = "sum(\(increase("_count")))"
        let sum = "sum(\(increase("_sum")))"
        if plain.namespace == ChatMetric.namespace, ChatMetric(rawValue: plain.name)?.canBeNegative == true,
            [.sum, .average].contains(metric.statistic)
        {
            throw Untranslatable(
                "a sum that may fall",
                reason:
                    "the samples of \(plain.name) may be below zero, and Prometheus takes a sum that falls for a restart"
            )
        }
        switch (metric.statistic, metrics.isCounter(series)) {
        case (.sum, true?): return Leaf(value: counter, samples: nil)
        case (.sum, false?): return Leaf(value: sum, samples: samples)
        // A metric whose samples have all been 1 so far is a counter, and any other metric is a histogram.
        case (.sum, nil): return Leaf(value: "(\(counter) or \(sum))", samples: nil)
        case (_, true?):
            throw Untranslatable(
                "a statistic that a counter does not have",
                reason: "\(name)_total is a counter, which has no \(metric.statistic)"
            )
        case (.sampleCount, nil): return Leaf(value: "(\(counter) or \(samples))", samples: nil)
        case (.sampleCount, false?): return Leaf(value: samples, samples: samples)
        case (.average, _): return Leaf(value: "(\(sum) / \(samples))", samples: samples)
        case (.percentile(let percent), _):
            let note = "histogram_quantile interpolates within the buckets that were exported"
            if !notes.contains(note) { notes.append(note) }
            let buckets = "sum by (le) (\(increase("_bucket")))"
            // A percentage has at most ten decimal places; plain division would turn 99.9 into 0.9990000000000001.
            let quantile = (percent * 1e10).rounded() / 1e12
            return Leaf(value: "histogram_quantile(\(quantile), \(buckets))", samples: samples)
        default:
            let allowed = "Sum, SampleCount, Average and percentiles"
            throw Untranslatable(
                "a statistic that histograms do not have",
                reason: "Prometheus' histograms have no \(metric.statistic); they have \(allowed)"
            )
        }
    }

    /// Returns the labels that select exactly this series; labels of other dimensions must be absent.
    private func selector(_ metric: Metric) -> String {
        let own = Set(metric.dimensions.map(\.name))
        let others = metrics.dimensionNames(metric).subtracting(own).sorted()
        let labels = PrometheusName.labels(metric.dimensions)
        let absent = others.map { PrometheusName.identifier($0) + "=\"\"" }
        let all = (labels.isEmpty ? [] : [labels]) + absent
        return all.isEmpty ? "" : "{" + all.joined(separator: ",") + "}"
    }

    // MARK: - Metric math

    private mutating func value(of math: AlarmMath) throws(PrometheusRule.Untranslatable) -> String {
        guard let watched = math.watched else { throw Untranslatable("none of its metrics returns data") }
        if case .metric(let metric) = watched.source { return try value(of: .metric(metric)) }
        var leaves: [String: Leaf] = [:]
        for query in math.queries {
            guard query.accountId == nil else {
                throw Untranslatable(
                    "a metric of another account",
                    reason: "\(query.id) is a metric of the account \(query.accountId ?? "")"
                )
            }
        }
        let text = try value(of: watched, in: math, &leaves, depth: 0)
        let samples = leaves.sorted { $0.key < $1.key }.map(\.value.samples)
        if samples.contains(nil) { countsZero = true }
        let present = samples.compactMap(\.self).map { "(\($0) or vector(0))" }
        // Infinite results and NaN are missing datapoints.
        let finite = "(\(text) > -Inf < Inf)"
        guard present.count == samples.count else { return finite }
        return "(\(finite) and (\(present.joined(separator: " + ")) > 0))"
    }

    private static let deepest = 20
    /// PromQL has no names for intermediate results, so a query that is used several times is written several times.
    private static let longest = 65_536

    private func limited(_ text: String) throws(PrometheusRule.Untranslatable) -> String {
        guard text.utf8.count <= Self.longest else {
            throw Untranslatable(
                "an expression that is too long",
                reason: "its PromQL has more than \(Self.longest) bytes"
            )
        }
        return text
    }

    private mutating func value(
        of query: AlarmMath.Query,
        in math: AlarmMath,
        _ leaves: inout [String: Leaf],
        depth: Int
    ) throws(PrometheusRule.Untranslatable) -> String {
        guard depth < Self.deepest else { throw Untranslatable("its expressions are too deeply nested") }
        switch query.source {
        case .metric(let metric):
            let leaf = try leaf(metric)
            leaves[query.id] = leaf
            // A series without data counts as 0 next to one with data. An average of no samples is NaN: no
            // data.
            return "(\(leaf.value) > -Inf or vector(0))"
        case .expression(let expression, _):
            return try value(of: expression.root, in: math, &leaves, depth: depth + 1)
        }
    }

    private mutating func value(
        of node: MetricMathNode,
        in math: AlarmMath,
        _ leaves: inout [String: Leaf],
        depth: Int
    ) throws(PrometheusRule.Untranslatable) -> String {
        switch node.kind {
        case .number(let number): return "\(number)"
        case .metric(let id):
            guard let query = math.queries.first(where: { $0.id == id }) else {
                throw Untranslatable("`\(id)` is not one of its metrics")
            }
            return try value(of: query, in: math, &leaves, depth: depth)
        case .negation(let inner): return "(-\(try value(of: inner, in: math, &leaves, depth: depth)))"
        case .binary(let operation, let a, let b, _):
            let left = try value(of: a, in: math, &leaves, depth: depth)
            let right = try value(of: b, in: math, &leaves, depth: depth)
            let note =
                "a metric without samples counts as 0 if another has some; CloudWatch decides this for each operator"
            if leaves.count > 1, !notes.contains(note) { notes.append(note) }
            return try limited(Self.binary(operation, left, right))
        case .call(let function, let arguments):
            return try value(of: function, arguments, in: math, &leaves, depth: depth)
        case .array: throw Untranslatable("an array of time series has no equivalent in PromQL")
        case .string, .word: throw Untranslatable("a word without a function has no meaning")
        }
    }

    private mutating func value(
        of function: MetricMathFunction,
        _ arguments: [MetricMathNode],
        in math: AlarmMath,
        _ leaves: inout [String: Leaf],
        depth: Int
    ) throws(PrometheusRule.Untranslatable) -> String {
        switch (function, arguments.count) {
        case (.if, 3):
            let condition = try vector(of: arguments[0], in: math, &leaves, depth: depth)
            let a = try vector(of: arguments[1], in: math, &leaves, depth: depth)
            let b = try vector(of: arguments[2], in: math, &leaves, depth: depth)
            // A product with 0 would let what is not chosen decide, if it is missing or infinite.
            return try limited("((\(a) and \(condition) != 0) or (\(b) and \(condition) == 0))")
        case (.fill, 2):
            guard case .number(let filler) = arguments[1].kind else { break }
            return "(\(try value(of: arguments[0], in: math, &leaves, depth: depth)) > -Inf < Inf or vector(\(filler)))"
        default: break
        }
        throw Untranslatable(
            "a function without an equivalent",
            reason: "the metric math function \(function.rawValue) has no equivalent in PromQL"
        )
    }

    /// Returns a value as a vector, which PromQL's `and` and `or` need.
    private mutating func vector(
        of node: MetricMathNode,
        in math: AlarmMath,
        _ leaves: inout [String: Leaf],
        depth: Int
    ) throws(PrometheusRule.Untranslatable) -> String {
        let text = try value(of: node, in: math, &leaves, depth: depth)
        return Self.isNumber(node, math) ? "vector(\(text))" : text
    }

    /// Whether a value is a number in PromQL, and not a vector.
    private static func isNumber(_ node: MetricMathNode, _ math: AlarmMath) -> Bool {
        switch node.kind {
        case .number: true
        case .metric(let id):
            if case .expression(let expression, _)? = math.queries.first(where: { $0.id == id })?.source {
                isNumber(expression.root, math)
            } else {
                false
            }
        case .negation(let inner): isNumber(inner, math)
        case .binary(_, let a, let b, _): isNumber(a, math) && isNumber(b, math)
        case .call, .array, .string, .word: false
        }
    }

    /// Returns an operation in PromQL.
    ///
    /// Comparisons, AND and OR result in 1 or 0, as in metric math; PromQL's own would filter.
    private static func binary(_ operation: MetricMathOperator, _ a: String, _ b: String) -> String {
        switch operation {
        case .add, .subtract, .multiply, .divide, .power: "(\(a) \(operation.rawValue) \(b))"
        case .less, .greater, .lessOrEqual, .greaterOrEqual, .equal, .notEqual:
            "(\(a) \(operation.rawValue) bool \(b))"
        case .and: "((\(a) != bool 0) * (\(b) != bool 0))"
        case .or: "(((\(a) != bool 0) + (\(b) != bool 0)) > bool 0)"
        }
    }
}
