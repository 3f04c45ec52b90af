package import PurserCore
import PurserStore

/// Builds the frames that `purser dash` and purserd's page show, of the chat service, a dashboard or a namespace.
package struct DashFrames: Sendable {
    /// How much time a frame shows if none is asked for.
    package static let defaultSeconds = 3 * 3600

    package var reader: MetricReader
    package var rules: AlarmRules
    /// The Region that the title names.
    package var region: String?
    /// The command that runs `purser` for the same store again.
    package var program: String

    package init(reader: MetricReader, rules: AlarmRules, region: String? = nil, program: String = "purser") {
        self.reader = reader
        self.rules = rules
        self.region = region
        self.program = program
    }

    /// Returns the frame of the chat service, on one snapshot of the store.
    ///
    /// - Parameter isOfAskedMoment: Whether `at` was asked for, and so need not be now.
    package func chat(
        _ range: Range<Timestamp>,
        at: Timestamp,
        isOfAskedMoment: Bool,
        hasHeatmap: Bool = false
    ) throws -> DashFrame {
        let builder = DashBuilder(
            reader: reader,
            alarms: rules.watched,
            budget: rules.budget,
            hasHeatmap: hasHeatmap
        )
        var frame = try reader.store.snapshot {
            var frame = try builder.frame(
                from: range.lowerBound,
                to: range.upperBound,
                at: at,
                region: region,
                isOfAskedMoment: isOfAskedMoment
            )
            if DashVerdict(frame).isEmpty { frame.otherNamespaces = try otherNamespaces(range, at: at) }
            return frame
        }
        frame.unreadable = rules.notWatched
        frame.program = program
        return frame
    }

    /// Returns what else is stored if the chat service has no data, and the frame of the namespace with the newest data.
    private func otherNamespaces(_ range: Range<Timestamp>, at: Timestamp) throws -> DashFrame.OtherNamespaces? {
        let series = try reader.series()
        let names = series.namespaces
        guard !names.isEmpty, !names.contains(ChatMetric.namespace) else { return nil }
        let ends = try names.compactMap { name in
            try reader.store.newestSlotEnd(before: at, namespace: name).map { (name: name, end: $0) }
        }
        let newest = try ends.max { $0.end < $1.end }.map { newest in
            try DashboardBuilder(reader: reader, alarms: []).frame(
                .namespace(newest.name, series: series),
                name: newest.name,
                range: range,
                at: at
            )
        }
        return DashFrame.OtherNamespaces(names: names, newest: newest)
    }

    /// Returns the frame of a dashboard's body, on one snapshot of the store.
    ///
    /// - Parameters:
    ///   - range: Nil means the range that the body names, or ``defaultSeconds`` up to `at`.
    ///   - isOfAskedMoment: Whether `at` was asked for, and so need not be now.
    ///   - hasOnCall: Whether the chat service's verdict and alarms come first, if alarms or a budget are watched.
    package func dashboard(
        _ body: DashboardBody,
        name: String,
        range: Range<Timestamp>?,
        at: Timestamp,
        isOfAskedMoment: Bool = false,
        hasOnCall: Bool = false
    ) throws -> DashboardFrame {
        try reader.store.snapshot {
            var frame = try DashboardBuilder(reader: reader, alarms: rules.watched).frame(
                body,
                name: name,
                range: range ?? body.range(at: at) ?? at - Self.defaultSeconds..<at,
                at: at,
                isOfAskedMoment: isOfAskedMoment
            )
            if hasOnCall, !rules.watched.isEmpty || rules.budget != nil {
                frame.onCall = try chat(at - Self.defaultSeconds..<at, at: at, isOfAskedMoment: isOfAskedMoment)
            }
            return frame
        }
    }
}

/// A dashboard or a namespace that does not exist, with those that do.
package struct UnknownSubject: Error, CustomStringConvertible {
    package enum Kind: Sendable {
        case dashboard
        case namespace
    }

    package var kind: Kind
    package var name: String
    package var known: [String]

    package var description: String {
        let names = known.joined(separator: ", ")
        return switch kind {
        case .dashboard:
            "there is no dashboard `\(name)`" + (known.isEmpty ? " and no other" : "; the dashboards are \(names)")
        case .namespace:
            "the store has no metrics of the namespace `\(name)`"
                + (known.isEmpty ? " and no others" : "; the namespaces are \(names)")
        }
    }
}

extension DashboardFolder {
    /// Returns the text of a dashboard's file and the path that messages name; throws ``UnknownSubject``.
    package func knownFile(_ name: String) throws -> (path: String, text: String) {
        if let file = try file(name) { return file }
        throw UnknownSubject(kind: .dashboard, name: name, known: try names())
    }
}

extension MetricReader {
    /// Returns the names of the namespaces that have metrics, in order.
    package func namespaces() throws -> [String] {
        try series().namespaces
    }

    /// Returns the body that draws a namespace; throws ``UnknownSubject`` if the store has no metrics of it.
    package func body(ofNamespace namespace: String) throws -> DashboardBody {
        let series = try series()
        guard series.contains(where: { $0.metric.namespace == namespace }) else {
            throw UnknownSubject(kind: .namespace, name: namespace, known: series.namespaces)
        }
        return .namespace(namespace, series: series)
    }
}
