/// The query of CloudWatch's SEARCH: a metric schema in braces, search terms, or both.
///
/// Source of the rules: the user guide's "CloudWatch search expression syntax".
package struct MetricSearch: Sendable, Equatable {
    /// `{Namespace, Dimension, …}`: without dimensions, all metrics of the namespace; with some, those that have exactly
    /// these.
    struct Schema: Sendable, Equatable {
        var namespace: String
        var dimensions: Set<String>

        func matches(_ metric: Metric) -> Bool {
            metric.namespace == namespace
                && (dimensions.isEmpty || Set(metric.dimensions.map(\.name)) == dimensions)
        }
    }

    /// The part of a metric that a term is compared with.
    enum Property: Sendable, Equatable {
        /// The namespace, the metric's name, and the names and values of its dimensions.
        case any
        case namespace
        case metricName
        /// The value of the dimension with this name.
        case dimension(String)
        /// The account; all stored metrics are of the own one, whose number is not known.
        case account

        func texts(of metric: Metric) -> [String] {
            switch self {
            case .any: [metric.namespace, metric.name] + metric.dimensions.flatMap { [$0.name, $0.value] }
            case .namespace: [metric.namespace]
            case .metricName: [metric.name]
            case .account: ["LOCAL"]
            case .dimension(let name): metric.dimensions.filter { $0.name == name }.map(\.value)
            }
        }
    }

    indirect enum Term: Sendable, Equatable {
        /// A term in quotes: the whole text, in its case.
        case exact(Property, String)
        case partial(Property, SearchTokens)
        case not(Term)
        case all([Term])
        case any([Term])

        func matches(_ metric: Metric) -> Bool {
            switch self {
            case .exact(let property, let text): property.texts(of: metric).contains { $0.isSame(text) }
            case .partial(let property, let term):
                property.texts(of: metric).contains { SearchTokens($0).include(term) }
            case .not(let term): !term.matches(metric)
            case .all(let terms): terms.allSatisfy { $0.matches(metric) }
            case .any(let terms): terms.contains { $0.matches(metric) }
            }
        }
    }

    /// The longest query that CloudWatch accepts.
    static let longest = 1024
    /// The most series of one search. Source: CloudWatch's service quotas, which let a graph have 500 metrics.
    package static let mostSeries = 500

    var schema: Schema?
    var term: Term?

    /// Reads a query; the error's column is counted from its first character.
    package init(_ text: String) throws(ExpressionError) {
        guard text.utf16.count <= Self.longest else {
            throw ExpressionError(column: Self.longest + 1, "a search may have at most \(Self.longest) characters")
        }
        var parser = MetricSearchParser(text)
        (schema, term) = try parser.query()
    }

    package func matches(_ metric: Metric) -> Bool {
        (schema?.matches(metric) ?? true) && (term?.matches(metric) ?? true)
    }

    /// Returns the first ``mostSeries`` of the metrics that match, in ascending order and each once, and how many more
    /// match.
    package func matches(among metrics: some Sequence<Metric>) -> (metrics: [Metric], leftOut: Int) {
        let all = Set(metrics.filter(matches)).sorted()
        return (Array(all.prefix(Self.mostSeries)), max(0, all.count - Self.mostSeries))
    }

    /// Returns a name for each metric that distinguishes it from the others: the parts in which they differ, or the
    /// metric's name if there are none.
    package static func labels(of metrics: [Metric]) -> [String] {
        let hasNamespaces = Set(metrics.map(\.namespace)).count > 1
        let hasNames = Set(metrics.map(\.name)).count > 1
        let values = Dictionary(grouping: metrics.flatMap(\.dimensions), by: \.name)
        let differing = Set(
            values.filter { $0.value.count < metrics.count || Set($0.value.map(\.value)).count > 1 }.keys
        )
        return metrics.map { metric in
            let dimensions = metric.dimensions.filter { differing.contains($0.name) }.map(\.value)
            let parts = (hasNamespaces ? [metric.namespace] : []) + (hasNames ? [metric.name] : []) + dimensions
            return parts.isEmpty ? metric.name : parts.joined(separator: " ")
        }
    }
}
