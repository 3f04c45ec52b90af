extension MetricDataRequest {
    /// Reads GetMetricData's parameters: StartTime, EndTime, MetricDataQueries, ScanBy, MaxDatapoints, NextToken,
    /// LabelOptions.
    ///
    /// Throws ``Diagnostics`` with every fault, each with its key and the allowed values.
    package init(json text: String, file: String) throws {
        let json: JSONValue
        do {
            json = try JSONValue(parsing: text)
        } catch {
            throw Diagnostics([Diagnostic(file: file, error.description)])
        }
        var reader = RequestReader(file: file, text: text)
        let keys = [
            "StartTime", "EndTime", "MetricDataQueries", "ScanBy", "MaxDatapoints", "NextToken", "LabelOptions",
        ]
        reader.checkKeys(json, keys, at: "")
        let start = reader.time(json["StartTime"], "StartTime")
        let end = reader.time(json["EndTime"], "EndTime")
        if let start, let end, start >= end { reader.fault("EndTime", "must be after StartTime") }
        let scan = json["ScanBy"] ?? "TimestampDescending"
        if !["TimestampDescending", "TimestampAscending"].contains(scan) {
            reader.fault("ScanBy", "must be TimestampDescending or TimestampAscending")
        }
        let most = reader.mostDatapoints(json["MaxDatapoints"])
        if let token = json["NextToken"], token.string == nil { reader.fault("NextToken", "must be a string") }
        reader.checkLabelOptions(json["LabelOptions"])
        let list = json["MetricDataQueries"]?.array ?? []
        if !(1...500).contains(list.count) { reader.fault("MetricDataQueries", "must be an array of 1 to 500 queries") }
        let queries = list.enumerated().compactMap { index, query in
            reader.query(query, "MetricDataQueries[\(index)]")
        }
        if reader.faults.isEmpty { reader.checkTypes(queries) }
        guard let start, let end, reader.faults.isEmpty else { throw Diagnostics(reader.faults) }
        self.init(
            start: start,
            end: end,
            queries: queries,
            searches: reader.searches,
            isDescending: scan == "TimestampDescending",
            mostDatapoints: most,
            nextToken: json["NextToken"]?.string
        )
    }
}

private struct RequestReader {
    let file: String
    /// The whole request, in which no id of a search may occur.
    private let text: String
    var faults: [Diagnostic] = []
    private(set) var searches: [MetricSearchCall] = []
    private var searchCount = 0
    private var ids: Set<String> = []

    init(file: String, text: String) {
        self.file = file
        self.text = text
    }

    mutating func fault(_ key: String, _ message: String) {
        faults.append(Diagnostic(file: file, key: key, message))
    }

    mutating func checkKeys(_ value: JSONValue?, _ allowed: [String], at path: String) {
        for member in value?.members ?? [] where !allowed.contains(member.key) {
            fault(path + member.key, "unknown key; allowed are \(allowed.joined(separator: ", "))")
        }
    }

    mutating func time(_ value: JSONValue?, _ key: String) -> Timestamp? {
        if let time = value?.string.flatMap({ Timestamp(iso8601: $0) }) { return time }
        if let seconds = value?.double, seconds.magnitude < 1e12 {
            return Timestamp(milliseconds: Int64(seconds * 1000))
        }
        fault(key, "must be ISO 8601 like 2026-11-23T14:06:10Z, or seconds since 1970")
        return nil
    }

    mutating func mostDatapoints(_ value: JSONValue?) -> Int {
        let allowed = MetricDataRequest.allowedDatapoints
        guard let value else { return allowed.upperBound }
        if let count = value.integer, allowed.contains(count) { return count }
        fault("MaxDatapoints", "must be a whole number from \(allowed.lowerBound) to \(allowed.upperBound)")
        return allowed.upperBound
    }

    /// Checks the time zone, which has no other effect because labels do not contain times here.
    mutating func checkLabelOptions(_ value: JSONValue?) {
        guard let value else { return }
        guard value.members != nil else {
            fault("LabelOptions", "must be an object with Timezone")
            return
        }
        checkKeys(value, ["Timezone"], at: "LabelOptions.")
        guard let zone = value["Timezone"] else { return }
        let digits = zone.string.map { $0.utf8.dropFirst().map { Int($0) - 48 } } ?? []
        let isZone =
            digits.count == 4 && digits.allSatisfy((0...9).contains) && ["+", "-"].contains(zone.string?.first)
            && digits[0] * 10 + digits[1] < 24 && digits[2] < 6
        if !isZone { fault("LabelOptions.Timezone", "must be + or -, hours and minutes, such as +0130") }
    }

    private mutating func label(_ value: JSONValue?, _ path: String) -> MetricDataLabel? {
        guard let value else { return nil }
        guard let text = value.string else {
            fault(path, "must be a string")
            return nil
        }
        do throws(MetricDataLabel.UnknownField) {
            return try MetricDataLabel(text)
        } catch {
            fault(path, "`\(error.text)` is not a known field; allowed: \(MetricDataLabel.allowed)")
            return nil
        }
    }

    mutating func query(_ value: JSONValue, _ path: String) -> MetricDataRequest.Query? {
        checkKeys(value, ["Id", "Label", "ReturnData", "MetricStat", "Expression", "Period"], at: path + ".")
        let before = faults.count
        let earlier = ids
        let id = value["Id"]?.string ?? ""
        let isId =
            id.first?.isLowercase == true && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        if !isId || !ids.insert(id).inserted {
            fault(path + ".Id", "must begin with a lower-case letter, have only letters, digits and _, and be unique")
        }
        let source: MetricDataRequest.Query.Source?
        switch (value["MetricStat"], value["Expression"]) {
        case (let metric?, nil): source = self.metric(metric, path + ".MetricStat")
        case (nil, let expression?): source = self.expression(expression, path + ".Expression", earlier)
        default:
            fault(path, "needs either MetricStat or Expression")
            source = nil
        }
        let label = label(value["Label"], path + ".Label")
        guard let source, faults.count == before else { return nil }
        return .init(
            id: id,
            label: label,
            source: source,
            returnsData: value["ReturnData"]?.boolean ?? true
        )
    }

    /// Checks the type of every expression's result, which must be one or several series if it is returned.
    mutating func checkTypes(_ queries: [MetricDataRequest.Query]) {
        let metrics = queries.compactMap { if case .metric = $0.source { $0.id } else { nil } }
        var scope = MetricMathScope(
            metrics: metrics,
            expressions: Dictionary(searches.map { ($0.id, .array) }) { first, _ in first }
        )
        for (index, query) in queries.enumerated() {
            guard case .expression(let expression) = query.source else { continue }
            let path = "MetricDataQueries[\(index)].Expression"
            do throws(ExpressionError) {
                let type = try expression.type(in: scope)
                scope.add(query.id, type, usesBand: scope.usesBand(expression))
                guard type == .number, query.returnsData else { continue }
                fault(path, "gives one number; a result must be a time series, such as the result of TIME_SERIES(…)")
            } catch {
                scope.expressions[query.id] = .series
                fault(path, error.description)
            }
        }
    }

    private mutating func metric(_ value: JSONValue, _ path: String) -> MetricDataRequest.Query.Source? {
        checkKeys(value, ["Metric", "Period", "Stat", "Unit"], at: path + ".")
        checkKeys(value["Metric"], ["Namespace", "MetricName", "Dimensions"], at: path + ".Metric.")
        guard let namespace = value["Metric"]?["Namespace"]?.string, let name = value["Metric"]?["MetricName"]?.string
        else {
            fault(path + ".Metric", "needs Namespace and MetricName")
            return nil
        }
        let dimensions = (value["Metric"]?["Dimensions"]?.array ?? []).compactMap { item -> PurserCore.Dimension? in
            guard let name = item["Name"]?.string, let value = item["Value"]?.string else {
                fault(path + ".Metric.Dimensions", "must be objects with Name and Value")
                return nil
            }
            return PurserCore.Dimension(name, value)
        }
        let period = value["Period"]?.integer ?? 0
        if !MetricDataRequest.isPeriod(period) {
            fault(path + ".Period", "must be \(MetricDataRequest.allowedPeriods)")
        }
        let statistic = value["Stat"]?.string.flatMap(Statistic.init)
        if statistic == nil { fault(path + ".Stat", "must be \(Statistic.allowed)") }
        let unit = value["Unit"]?.string.flatMap(MetricUnit.init(rawValue:))
        if value["Unit"] != nil, unit == nil {
            fault(path + ".Unit", "must be one of \(MetricUnit.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let metric = Metric(namespace: namespace, name: name, dimensions: dimensions)
        return statistic.map { .metric(MetricReference(metric, unit: unit), $0, period: max(1, period)) }
    }

    private mutating func expression(
        _ value: JSONValue,
        _ path: String,
        _ earlier: Set<String>
    ) -> MetricDataRequest.Query.Source? {
        do throws(ExpressionError) {
            let (plain, calls) = try MetricSearchCall.extract(
                from: value.string ?? "",
                count: &searchCount,
                taken: [text]
            )
            let expression = try MetricMathExpression.parse(plain)
            searches += calls
            let known = earlier.union(calls.map(\.id))
            for (id, column) in expression.references where !known.contains(id) {
                fault(path, "column \(column): there is no query `\(id)` before this one")
            }
            return .expression(expression)
        } catch {
            fault(path, error.description)
            return nil
        }
    }
}
