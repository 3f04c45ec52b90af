extension AlarmReader {
    private static let mostDimensions = 30
    // CloudWatch's limits for an alarm: ten metrics and ten expressions.
    private static let mostOfAKind = 10
    private static let simpleStatistics = Statistic.simple.map(\.description).joined(separator: ", ")

    /// Reads the metric from the alarm's own keys.
    mutating func metric(_ root: JSONPlace) -> AlarmMetric? {
        let metric = metricName(root)
        let statistic = statistic(root)
        let period = period(root, isRequired: true)
        let unit = faults.choice(root, "Unit", MetricUnit.self)
        guard let metric, let statistic, let period else { return nil }
        return Self.alarmMetric(metric, statistic, period, unit)
    }

    /// A metric as written in a file, with its dimensions in the file's order.
    private struct WrittenMetric {
        var namespace: String
        var name: String
        var dimensions: [Dimension]
    }

    private static func alarmMetric(
        _ written: WrittenMetric,
        _ statistic: Statistic,
        _ period: Int,
        _ unit: MetricUnit?
    ) -> AlarmMetric {
        AlarmMetric(
            metric: Metric(namespace: written.namespace, name: written.name, dimensions: written.dimensions),
            dimensions: written.dimensions,
            statistic: statistic,
            period: period,
            unit: unit
        )
    }

    private mutating func metricName(_ place: JSONPlace) -> WrittenMetric? {
        let namespace = metricText(place, "Namespace", length: 1...255)
        if namespace?.hasPrefix(":") == true {
            faults.fault(place.path(of: "Namespace"), "must not begin with a colon")
        }
        let name = metricText(place, "MetricName", length: 1...255)
        var dimensions: [Dimension] = []
        for dimension in faults.list(place, "Dimensions", most: Self.mostDimensions) {
            faults.checkKeys(of: dimension, supported: ["Name", "Value"], of: "a dimension")
            let name = dimensionText(dimension, "Name", length: 1...255)
            let value = dimensionText(dimension, "Value", length: 1...1024)
            guard let name, let value else { continue }
            if dimensions.contains(where: { $0.name == name }) {
                faults.fault(dimension.path(of: "Name"), "the dimension `\(name)` is given twice")
            }
            dimensions.append(Dimension(name, value))
        }
        guard let namespace, let name else { return nil }
        return WrittenMetric(namespace: namespace, name: name, dimensions: dimensions)
    }

    /// Reads a text of a metric's identity. Without the value of a parameter in it the alarm can be read, but not watched.
    private mutating func metricText(_ place: JSONPlace, _ key: String, length: ClosedRange<Int>) -> String? {
        guard let text = faults.name(place, key, isRequired: true, length: length, mayBeUnfilled: true) else {
            return nil
        }
        addMissing(in: text)
        return text
    }

    /// Reads a dimension's name or value; source: the API reference of Dimension.
    private mutating func dimensionText(_ place: JSONPlace, _ key: String, length: ClosedRange<Int>) -> String? {
        guard let text = metricText(place, key, length: length) else { return nil }
        if !text.utf8.allSatisfy({ $0 < 0x80 }) {
            faults.fault(place.path(of: key), "`\(text)` is not allowed; allowed: ASCII characters")
            return nil
        }
        if text.allSatisfy(\.isWhitespace) {
            faults.fault(place.path(of: key), "must not be blank")
            return nil
        }
        return text
    }

    private mutating func statistic(_ root: JSONPlace) -> Statistic? {
        let simple = Self.simpleStatistics
        switch (root.has("Statistic"), root.has("ExtendedStatistic")) {
        case (true, true):
            faults.fault("ExtendedStatistic", "cannot be combined with Statistic: only one of the two is allowed")
            return nil
        case (false, false):
            faults.fault("Statistic", "is missing; Statistic (\(simple)) or ExtendedStatistic (such as p99) is needed")
            return nil
        case (true, false):
            if let text = root.value["Statistic"]?.string, let statistic = Statistic(text),
                !Statistic.simple.contains(statistic)
            {
                faults.fault("Statistic", "`\(text)` is a value of ExtendedStatistic; Statistic may be \(simple)")
                return nil
            }
            return statistic(root, "Statistic", allowed: simple) { Statistic.simple.contains($0) }
        case (false, true):
            return statistic(root, "ExtendedStatistic", allowed: Statistic.allowedExtended) {
                !Statistic.simple.contains($0)
            }
        }
    }

    private mutating func statistic(
        _ place: JSONPlace,
        _ key: String,
        allowed: String,
        where isAllowed: (Statistic) -> Bool
    ) -> Statistic? {
        guard let text = faults.text(place, key, isRequired: true, length: 0...255) else { return nil }
        guard let statistic = Statistic(text), isAllowed(statistic) else {
            faults.fault(place.path(of: key), "`\(text)` is not supported by this version; supported: \(allowed)")
            return nil
        }
        return statistic
    }

    private mutating func period(_ place: JSONPlace, isRequired: Bool) -> Int? {
        guard let period = faults.integer(place, "Period", isRequired: isRequired, 1...604_800) else { return nil }
        guard [10, 20, 30].contains(period) || period % 60 == 0 else {
            faults.fault(
                place.path(of: "Period"),
                "\(period) is not allowed; allowed: 10, 20, 30 or a multiple of 60 (seconds)"
            )
            return nil
        }
        return period
    }

    /// Reads the metrics and expressions of `Metrics`.
    mutating func math(_ root: JSONPlace) -> AlarmMath? {
        let before = faults.diagnostics.count
        let places = faults.list(root, "Metrics", isRequired: true, most: 2 * Self.mostOfAKind)
        guard faults.diagnostics.count == before else { return nil }
        let queries = places.map { query($0) }
        let band = root.value["ThresholdMetricId"]?.string
        checkTogether(places, band: band)
        let period = samePeriod(queries, places)
        checkReferences(queries, places, band: band)
        guard let period, faults.diagnostics.count == before else { return nil }
        return AlarmMath(queries: queries.compactMap(\.self), period: period, thresholdMetricId: band)
    }

    private mutating func query(_ place: JSONPlace) -> AlarmMath.Query? {
        guard place.value.members != nil else {
            faults.fault(place.path, "must be an object, not \(place.value.kind)")
            return nil
        }
        let keys = ["Id", "MetricStat", "Expression", "Label", "ReturnData", "Period", "AccountId"]
        faults.checkKeys(of: place, supported: keys, of: "a MetricDataQuery")
        let id = faults.text(place, "Id", isRequired: true, length: 1...255)
        if let id, !Self.isId(id) {
            faults.fault(
                place.path(of: "Id"),
                "`\(id)` is not allowed; allowed: a lower-case letter, then letters, digits and _"
            )
        }
        // CloudWatch itself fills in a label's ${…}.
        let label = faults.text(place, "Label", length: 0...Self.longestText, mayBeUnfilled: true)
        let returnsData = faults.boolean(place, "ReturnData") ?? true
        let accountId = faults.text(place, "AccountId", length: 1...255)
        guard let source = source(place), let id else { return nil }
        return AlarmMath.Query(id: id, source: source, label: label, returnsData: returnsData, accountId: accountId)
    }

    private mutating func source(_ place: JSONPlace) -> AlarmMath.Query.Source? {
        guard place.has("MetricStat") != place.has("Expression") else {
            faults.fault(place.path, "either MetricStat or Expression is needed, and not both")
            return nil
        }
        if place.has("MetricStat") {
            if place.has("Period") {
                faults.fault(place.path(of: "Period"), "cannot be combined with MetricStat, which has its own Period")
            }
            return metricStat(place).map { .metric($0) }
        }
        let period = period(place, isRequired: false)
        let longest = MetricMathExpression.longest
        guard let text = faults.text(place, "Expression", isRequired: true, length: 1...longest) else { return nil }
        do {
            return .expression(try MetricMathExpression.parse(text), period: period)
        } catch {
            faults.fault(place.path(of: "Expression"), error.description)
            return nil
        }
    }

    private mutating func metricStat(_ place: JSONPlace) -> AlarmMetric? {
        guard let stat = faults.object(place, "MetricStat") else { return nil }
        faults.checkKeys(of: stat, supported: ["Metric", "Period", "Stat", "Unit"], of: "a MetricStat")
        let metric = faults.object(stat, "Metric", isRequired: true).flatMap { place -> WrittenMetric? in
            faults.checkKeys(of: place, supported: ["Namespace", "MetricName", "Dimensions"], of: "a Metric")
            return metricName(place)
        }
        let statistic = statistic(stat, "Stat", allowed: Statistic.allowed) { _ in true }
        let period = period(stat, isRequired: true)
        let unit = faults.choice(stat, "Unit", MetricUnit.self)
        guard let metric, let statistic, let period else { return nil }
        return Self.alarmMetric(metric, statistic, period, unit)
    }

    private static func isId(_ text: String) -> Bool {
        guard let first = text.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_")
        }
    }

    /// Returns the common period of all metrics, which is needed to match datapoints with each other.
    private mutating func samePeriod(_ queries: [AlarmMath.Query?], _ places: [JSONPlace]) -> Int? {
        var common: Int?
        for (query, place) in zip(queries, places) {
            var period: Int?
            var path = place.path
            switch query?.source {
            case .metric(let metric)?:
                period = metric.period
                path += ".MetricStat.Period"
            case .expression(_, let own)?:
                period = own
                path += ".Period"
            case nil: continue
            }
            guard let period else { continue }
            if let common, common != period {
                faults.fault(path, "\(period) is not allowed; all periods must be the same, and the first is \(common)")
            }
            common = common ?? period
        }
        return common
    }
}

/// Rules that involve several queries of one alarm. They check the file's own values, so that a fault in one query does
/// not hide a fault in another.
extension AlarmReader {
    private mutating func checkTogether(_ places: [JSONPlace], band: String?) {
        for (index, place) in places.enumerated() {
            guard let id = place.value["Id"]?.string else { continue }
            if places[..<index].contains(where: { $0.value["Id"]?.string == id }) {
                faults.fault(place.path(of: "Id"), "`\(id)` is given twice")
            }
        }
        for key in ["MetricStat", "Expression"] {
            let count = places.count { $0.has(key) }
            if count > Self.mostOfAKind {
                faults.fault("Metrics", "has \(count) entries with \(key); at most \(Self.mostOfAKind) are allowed")
            }
        }
        // A band returns its data too.
        let watched = places.count { $0.value["ReturnData"] ?? true == true && $0.value["Id"]?.string != band }
        if watched != 1 {
            let hint = "exactly one must return data (absent means true)" + (band == nil ? "" : ", excluding the band")
            faults.fault("Metrics", "\(watched) entries have ReturnData true; \(hint)")
        }
    }

    private mutating func checkReferences(_ queries: [AlarmMath.Query?], _ places: [JSONPlace], band: String?) {
        let ids = places.compactMap { $0.value["Id"]?.string }
        let graph = QueryGraph(queries.compactMap(\.self))
        if let band, !places.contains(where: { $0.value["Id"]?.string == band && $0.has("Expression") }) {
            let message = "`\(band)` is not an Id of an expression of this alarm"
            faults.fault("ThresholdMetricId", message + "; allowed: that of ANOMALY_DETECTION_BAND(id, 2)")
        }
        for (query, place) in zip(queries, places) {
            guard let query, case .expression(let expression, _) = query.source else { continue }
            let path = place.path(of: "Expression")
            for (id, column) in expression.references where !ids.contains(id) {
                let allowed = ids.joined(separator: ", ")
                faults.fault(path, "column \(column): `\(id)` is not an Id of this alarm; allowed: \(allowed)")
            }
            switch graph.kind(of: query.id) {
            case .cycle: faults.fault(path, "`\(query.id)` needs its own result")
            case .fault(let error): faults.fault(path, error.description)
            case .value(.number) where query.returnsData:
                faults.fault(path, "gives one number; an alarm needs a series, so it must use a metric")
            case .value where query.id == band:
                guard !expression.functions.contains("ANOMALY_DETECTION_BAND") else { break }
                faults.fault(
                    path,
                    "is not a band, which ThresholdMetricId needs; allowed: ANOMALY_DETECTION_BAND(id, 2)"
                )
            case .value(.array) where query.returnsData:
                faults.fault(path, "gives several time series; an alarm needs one, such as the result of FIRST or MAX")
            case .value: break
            }
        }
    }
}

/// The dependencies among the queries of an alarm.
private final class QueryGraph {
    enum Kind {
        case value(MetricMathType)
        case cycle
        case fault(ExpressionError)
    }

    private let queries: [String: AlarmMath.Query]
    private let metrics: [String]
    private var known: [String: Kind] = [:]
    private var banded: Set<String> = []

    init(_ queries: [AlarmMath.Query]) {
        self.queries = Dictionary(queries.map { ($0.id, $0) }) { first, _ in first }
        metrics = queries.filter(\.isMetric).map(\.id)
    }

    /// Returns the type of a query's result, or that the query depends on itself. An unknown id counts as a series; so
    /// does a faulty query if another one uses it.
    func kind(of id: String, path: [String] = []) -> Kind {
        guard case .expression(let expression, _)? = queries[id]?.source else { return .value(.series) }
        guard !path.contains(id) else { return .cycle }
        if let kind = known[id] { return kind }
        let kind = computed(id, expression, path: path)
        // Whether an id depends on itself depends on the path to it; all other results do not, so they are kept.
        if case .cycle = kind { return kind }
        known[id] = kind
        return kind
    }

    private func computed(_ id: String, _ expression: MetricMathExpression, path: [String]) -> Kind {
        var scope = MetricMathScope(metrics: metrics)
        for (reference, _) in expression.references {
            switch kind(of: reference, path: path + [id]) {
            case .cycle: return .cycle
            case .value(let type) where !metrics.contains(reference):
                scope.add(reference, type, usesBand: banded.contains(reference))
            case .value: break
            case .fault: scope.expressions[reference] = .series
            }
        }
        if scope.usesBand(expression) { banded.insert(id) }
        do {
            return .value(try expression.type(in: scope))
        } catch {
            return .fault(error)
        }
    }
}
