/// The label of a query's result: text with fields such as `${MAX}`, which are replaced by values of the datapoints.
package struct MetricDataLabel: Sendable, Equatable {
    /// What a `${…}` is replaced with.
    enum Field: Sendable, Equatable {
        case label
        case max
        case min
        case average
        case sum
        /// The newest datapoint's value.
        case last
        case datapointCount
        case property(String)
    }

    private enum Part: Sendable, Equatable {
        case text(String)
        case field(Field)
    }

    /// The allowed fields, for error messages.
    static let allowed =
        "${LABEL}, ${MAX}, ${MIN}, ${AVG}, ${SUM}, ${LAST}, ${DATAPOINT_COUNT}, and ${PROP('…')} with MetricName, "
        + "Namespace, Stat, Period or Dim.NAME"

    private static let words: [String: Field] = [
        "LABEL": .label, "MAX": .max, "MIN": .min, "AVG": .average, "SUM": .sum, "LAST": .last,
        "DATAPOINT_COUNT": .datapointCount,
    ]
    private static let properties = ["MetricName", "Namespace", "Stat", "Period"]
    /// The text for a field without a value, because there are no datapoints or no such property.
    private static let nothing = "--"

    private let parts: [Part]

    /// Reads a label; throws ``UnknownField`` for an unknown `${…}`.
    package init(_ text: String) throws(UnknownField) {
        var parts: [Part] = []
        var rest = Substring(text)
        while let start = rest.firstRange(of: "${") {
            if start.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<start.lowerBound]))) }
            let inner = rest[start.upperBound...]
            guard let end = inner.firstIndex(of: "}") else { throw UnknownField(text: "${" + inner) }
            guard let field = Self.field(inner[..<end]) else { throw UnknownField(text: "${" + inner[...end]) }
            parts.append(.field(field))
            rest = inner[inner.index(after: end)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }

    /// Creates a label that is shown as it is.
    package init(literal text: String) {
        parts = [.text(text)]
    }

    /// Whether the label has a field that is a property of one metric.
    var describesMetric: Bool {
        parts.contains { part in
            switch part {
            case .field(.label), .field(.property): true
            default: false
            }
        }
    }

    /// An unknown `${…}`, as it was written.
    package struct UnknownField: Error, Equatable {
        package let text: String
    }

    private static func field(_ text: Substring) -> Field? {
        if let word = words[String(text)] { return word }
        guard text.hasPrefix("PROP('"), text.hasSuffix("')"), text.utf8.count > 8 else { return nil }
        let name = String(text.dropFirst(6).dropLast(2))
        let isDimension = name.hasPrefix("Dim.") && name.utf8.count > 4
        return isDimension || properties.contains(name) ? .property(name) : nil
    }

    /// Returns the label's text for all datapoints of a query, regardless of which part of them a page holds.
    ///
    /// - Parameter name: What `${LABEL}` is replaced with; nil means that it is the name of the metric.
    func text(of query: MetricDataRequest.Query, _ datapoints: [Datapoint], name: String? = nil) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .field(.label): name ?? query.defaultLabel
            case .field(let field): Self.text(field, query, datapoints) ?? Self.nothing
            }
        }.joined()
    }

    private static func text(
        _ field: Field,
        _ query: MetricDataRequest.Query,
        _ datapoints: [Datapoint]
    ) -> String? {
        let values = datapoints.map(\.value)
        let sum = values.reduce(0, +)
        switch field {
        case .label: return query.defaultLabel
        case .datapointCount: return String(values.count)
        case .property(let name): return property(name, query)
        case .max: return values.max().map(number)
        case .min: return values.min().map(number)
        case .average: return values.isEmpty ? nil : number(sum / Double(values.count))
        case .sum: return values.isEmpty ? nil : number(sum)
        case .last: return datapoints.max { $0.timestamp < $1.timestamp }.map { number($0.value) }
        }
    }

    private static func property(_ name: String, _ query: MetricDataRequest.Query) -> String? {
        guard case .metric(let reference, let statistic, let period) = query.source else { return nil }
        switch name {
        case "MetricName": return reference.metric.name
        case "Namespace": return reference.metric.namespace
        case "Stat": return statistic.description
        case "Period": return String(period)
        default: return reference.metric.dimensions.first { "Dim." + $0.name == name }?.value
        }
    }

    private static func number(_ value: Double) -> String {
        value.rounded() == value && value.magnitude < 1e15 ? String(Int(value)) : value.description
    }
}
