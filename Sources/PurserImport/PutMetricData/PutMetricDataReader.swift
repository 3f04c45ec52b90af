package import PurserCore

/// Reads PutMetricData inputs, one JSON object per line.
package enum PutMetricDataReader {
    /// CloudWatch accepts points from two weeks ago to two hours ahead.
    private static let oldestSeconds = 14 * 86_400
    private static let newestSeconds = 2 * 3600

    /// Returns the datapoints of one line; throws ``Diagnostics`` with all its faults.
    package static func points(_ line: String, file: String, now: Timestamp) throws -> [Flush.Point] {
        let input = try JSONValue(parsing: line)
        var reader = DatumReader(file: file)
        guard let members = input.members else {
            throw Diagnostics([Diagnostic(file: file, "an object with Namespace and MetricData is expected")])
        }
        reader.checkKeys(members, ["Namespace", "MetricData"], at: "")
        let namespace = reader.text(input["Namespace"], "Namespace", longest: 255)
        guard let data = input["MetricData"]?.array, (1...1000).contains(data.count) else {
            reader.fault("MetricData", "must be an array of 1 to 1000 datums")
            throw Diagnostics(reader.faults)
        }
        let points = data.enumerated().compactMap { index, datum in
            reader.point(datum, namespace: namespace ?? "", path: "MetricData[\(index)]", now: now)
        }
        if !reader.faults.isEmpty { throw Diagnostics(reader.faults) }
        return points
    }

    private struct DatumReader {
        let file: String
        var faults: [Diagnostic] = []

        mutating func fault(_ key: String, _ message: String) {
            faults.append(Diagnostic(file: file, key: key, message))
        }

        mutating func checkKeys(_ members: [JSONValue.Member], _ allowed: [String], at path: String) {
            for member in members where !allowed.contains(member.key) {
                fault(path + member.key, "unknown key; allowed: \(allowed.joined(separator: ", "))")
            }
        }

        mutating func text(_ value: JSONValue?, _ key: String, longest: Int) -> String? {
            guard let text = value?.string, (1...longest).contains(text.unicodeScalars.count),
                !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
            else {
                fault(key, "must be a string of 1 to \(longest) characters without control characters")
                return nil
            }
            return text
        }

        mutating func point(_ datum: JSONValue, namespace: String, path: String, now: Timestamp) -> Flush.Point? {
            let before = faults.count
            let allowed = [
                "MetricName", "Dimensions", "Timestamp", "Value", "Values", "Counts", "StatisticValues", "Unit",
                "StorageResolution",
            ]
            checkKeys(datum.members ?? [], allowed, at: path + ".")
            let name = text(datum["MetricName"], path + ".MetricName", longest: 255)
            let dimensions = dimensions(datum["Dimensions"], path + ".Dimensions")
            let time = time(datum["Timestamp"], path + ".Timestamp", now: now)
            let unit = unit(datum["Unit"], path + ".Unit")
            if let resolution = datum["StorageResolution"], ![1, 60].contains(resolution.integer) {
                fault(path + ".StorageResolution", "must be 1 or 60")
            }
            guard let distribution = distribution(datum, path), let name, faults.count == before else { return nil }
            let metric = Metric(namespace: namespace, name: name, dimensions: dimensions)
            let start = time.floored(toSeconds: Slot.seconds)
            return Flush.Point(
                series: Series(metric, unit: unit),
                slot: Slot(start: start, distribution: distribution)
            )
        }

        private mutating func dimensions(_ value: JSONValue?, _ key: String) -> [PurserCore.Dimension] {
            guard let value else { return [] }
            guard let list = value.array, list.count <= 30 else {
                fault(key, "must be an array of at most 30 objects with Name and Value")
                return []
            }
            let dimensions = list.enumerated().compactMap { index, item -> PurserCore.Dimension? in
                let name = text(item["Name"], "\(key)[\(index)].Name", longest: 255)
                let value = text(item["Value"], "\(key)[\(index)].Value", longest: 1024)
                guard let name, let value else { return nil }
                return PurserCore.Dimension(name, value)
            }
            if Set(dimensions.map(\.name)).count < dimensions.count { fault(key, "a dimension is given twice") }
            return dimensions
        }

        private mutating func time(_ value: JSONValue?, _ key: String, now: Timestamp) -> Timestamp {
            guard let value else { return now }
            let time = value.string.flatMap { Timestamp(iso8601: $0) } ?? value.double.flatMap(Self.epoch)
            guard let time else {
                fault(key, "must be ISO 8601 like 2026-11-23T14:06:10Z, or seconds since 1970")
                return now
            }
            if time < now - PutMetricDataReader.oldestSeconds || time > now + PutMetricDataReader.newestSeconds {
                fault(key, "\(time) is not between two weeks ago and two hours ahead (it is \(now))")
            }
            return time
        }

        private static func epoch(_ seconds: Double) -> Timestamp? {
            seconds.magnitude < 1e12 ? Timestamp(milliseconds: Int64((seconds * 1000).rounded(.down))) : nil
        }

        private mutating func unit(_ value: JSONValue?, _ key: String) -> MetricUnit {
            guard let value else { return .none }
            if let unit = value.string.flatMap(MetricUnit.init(rawValue:)) { return unit }
            fault(key, "must be one of \(MetricUnit.allCases.map(\.rawValue).joined(separator: ", "))")
            return .none
        }

        private mutating func distribution(_ datum: JSONValue, _ path: String) -> Distribution? {
            let forms = ["Value", "Values", "StatisticValues"].filter { datum[$0] != nil }
            guard forms.count == 1 else {
                fault(path, "exactly one of Value, Values (with Counts) and StatisticValues is expected")
                return nil
            }
            if let values = datum["Values"] { return distribution(values, datum["Counts"], path) }
            if datum["Counts"] != nil {
                fault(path + ".Counts", "is allowed only with Values")
                return nil
            }
            if let statistics = datum["StatisticValues"] { return summary(statistics, path + ".StatisticValues") }
            guard let distribution = datum["Value"]?.double.flatMap({ Distribution(value: $0) }) else {
                fault(path + ".Value", "must be a number of a magnitude up to 2^63")
                return nil
            }
            return distribution
        }

        private mutating func distribution(_ values: JSONValue, _ counts: JSONValue?, _ path: String) -> Distribution? {
            guard let values = values.array, (1...150).contains(values.count) else {
                fault(path + ".Values", "must be an array of 1 to 150 numbers")
                return nil
            }
            let counts = counts.map { $0.array ?? [] } ?? values.map { _ in 1 }
            guard counts.count == values.count else {
                fault(path + ".Counts", "must have as many numbers as Values, \(values.count)")
                return nil
            }
            var merged = Distribution.empty
            for (index, pair) in zip(values, counts).enumerated() {
                guard let value = pair.0.double, let count = pair.1.integer, count > 0,
                    count <= 1_000_000_000, let part = Distribution(value: value, count: count)
                else {
                    fault(path + ".Values[\(index)]", "must be a number of a magnitude up to 2^63, its count 1 to 10^9")
                    return nil
                }
                merged.merge(part)
            }
            return merged
        }

        private mutating func summary(_ value: JSONValue, _ path: String) -> Distribution? {
            checkKeys(value.members ?? [], ["SampleCount", "Sum", "Minimum", "Maximum"], at: path + ".")
            guard let count = value["SampleCount"]?.integer, let sum = value["Sum"]?.double,
                let minimum = value["Minimum"]?.double, let maximum = value["Maximum"]?.double, count <= 1_000_000_000,
                let distribution = Distribution(count: count, sum: sum, minimum: minimum, maximum: maximum)
            else {
                fault(path, "needs SampleCount (1 to 10^9), Sum, Minimum and Maximum (not below Minimum)")
                return nil
            }
            return distribution
        }
    }
}
