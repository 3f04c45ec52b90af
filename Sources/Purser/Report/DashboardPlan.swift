import PurserCore

/// The requests for the rows of one metric widget, and the rows that cannot be requested.
struct DashboardPlan {
    private struct Entry {
        var row: MetricWidget.Row
        var id: String
        var period: Int
        /// Whether it is an expression that results in several series.
        var isArray = false
        /// What a note calls it: its label or id, or its place in the file.
        var name: String
    }

    private(set) var requests: [MetricDataRequest] = []
    private(set) var notes: [String] = []
    /// The rows in the order in which they are written.
    private var entries: [Entry] = []

    /// - Parameters:
    ///   - keepsPeriods: Whether periods are kept even if they make more than `most` steps in the range.
    init(_ widget: MetricWidget, keepsPeriods: Bool, _ range: Range<Timestamp>, most: Int) {
        let seconds = max(60, Int((range.upperBound - range.lowerBound) / 1000))
        let least = keepsPeriods ? 0 : Self.leastPeriod(seconds, most)
        // One value for the whole range.
        let whole = (seconds + 59) / 60 * 60
        let spansRange = widget.spansRange && widget.view != .timeSeries && MetricDataRequest.isPeriod(whole)
        let taken = Set(widget.rows.compactMap(\.id))
        var all: [Entry] = []
        for (index, row) in widget.rows.enumerated() {
            var id = row.id ?? "row\(index + 1)"
            while row.id == nil, taken.contains(id) { id += "x" }
            let period = spansRange ? whole : max(row.period ?? widget.period, least)
            let name = row.label ?? row.id ?? "metrics[\(index)]"
            all.append(Entry(row: row, id: id, period: period, name: name))
        }
        entries = all
        drop(&all)
        if widget.view == .timeSeries || all.contains(where: \.row.isExpression) {
            // The values of an expression, and the courses of one graph, need periods in common.
            let rows = all.filter { !$0.row.isExpression }
            let searched = all.flatMap(\.row.searches).compactMap(\.period).map { spansRange ? whole : max($0, least) }
            let common = (rows.map(\.period) + searched).max() ?? all.map(\.period).max() ?? widget.period
            for index in all.indices { all[index].period = common }
        }
        checkTypes(&all)
        for period in Set(all.map(\.period)).sorted() {
            let own = all.filter { $0.period == period }
            var request = MetricDataRequest(
                start: spansRange ? range.upperBound - whole : range.lowerBound,
                end: range.upperBound,
                queries: Self.ordered(own).compactMap { Self.query($0, widget) },
                searches: own.flatMap(\.row.searches).map { $0.with(period: period) },
                isDescending: false
            )
            request.roundsStart = !spansRange
            requests.append(request)
        }
    }

    private static func leastPeriod(_ seconds: Int, _ most: Int) -> Int {
        let usual = [10, 60, 300, 900, 3600, 6 * 3600, 86_400]
        return usual.first { seconds / $0 <= most } ?? 7 * 86_400
    }

    /// Leaves out rows that need something that is not there, and those that use them.
    private mutating func drop(_ all: inout [Entry]) {
        var missing: Set<String> = []
        while true {
            let count = all.count
            all.removeAll { entry in
                var reason: String?
                switch entry.row.source {
                case .metric: break
                case .unsupported(let text, _): reason = text
                case .expression(let expression, _, _):
                    if let id = expression.references.first(where: { missing.contains($0.id) })?.id {
                        reason = "it uses \(id), which is not drawn"
                    }
                }
                guard let reason else { return false }
                missing.insert(entry.id)
                notes.append("\(entry.name): \(reason)")
                return true
            }
            if all.count == count { return }
        }
    }

    /// Leaves out expressions that are not time series, or that use something of a wrong type.
    private mutating func checkTypes(_ all: inout [Entry]) {
        var scope = MetricMathScope(
            metrics: all.filter { !$0.row.isExpression }.map(\.id),
            expressions: Dictionary(all.flatMap(\.row.searches).map { ($0.id, .array) }) { first, _ in first }
        )
        let ordered = Self.ordered(all)
        var numbers: Set<String> = []
        var wrong = Set(all.map(\.id)).subtracting(ordered.map(\.id))
        for id in wrong.sorted() { notes.append("\(id): it depends on itself") }
        for entry in ordered {
            guard case .expression(let expression, _, _) = entry.row.source else { continue }
            do throws(ExpressionError) {
                let type = try expression.type(in: scope)
                scope.expressions[entry.id] = type
                // Others may still use the number.
                guard type == .number, entry.row.isVisible else { continue }
                numbers.insert(entry.id)
                notes.append(
                    "\(entry.name): gives one number; TIME_SERIES(number) makes it a time series"
                )
            } catch {
                scope.expressions[entry.id] = .series
                notes.append("\(entry.name): \(error)")
                wrong.insert(entry.id)
            }
        }
        all.removeAll { wrong.contains($0.id) }
        for index in all.indices { all[index].isArray = scope.expressions[all[index].id] == .array }
        for index in all.indices where numbers.contains(all[index].id) { all[index].row.isVisible = false }
    }

    /// Returns the rows with each expression after those that it uses; those that use themselves are left out.
    private static func ordered(_ entries: [Entry]) -> [Entry] {
        var ordered = entries.filter { !$0.row.isExpression }
        var done = Set(ordered.map(\.id)).union(entries.flatMap(\.row.searches).map(\.id))
        var open = entries.filter(\.row.isExpression)
        while true {
            let waiting = open.filter { entry in
                guard case .expression(let expression, _, _) = entry.row.source,
                    expression.references.allSatisfy({ done.contains($0.id) })
                else { return true }
                ordered.append(entry)
                done.insert(entry.id)
                return false
            }
            if waiting.isEmpty || waiting.count == open.count { return ordered }
            open = waiting
        }
    }

    private static func query(_ entry: Entry, _ widget: MetricWidget) -> MetricDataRequest.Query? {
        let source: MetricDataRequest.Query.Source
        var label = entry.row.label
        switch entry.row.source {
        case .metric(let metric):
            let statistic = entry.row.statistic ?? widget.statistic
            source = .metric(MetricReference(metric), statistic, period: entry.period)
        case .expression(let expression, let written, _):
            source = .expression(expression)
            // The series of an array have names of their own.
            if label == nil, !entry.isArray { label = written }
        case .unsupported: return nil
        }
        return MetricDataRequest.Query(
            id: entry.id,
            label: label.map { text in (try? MetricDataLabel(text)) ?? MetricDataLabel(literal: text) },
            source: source,
            returnsData: entry.row.isVisible
        )
    }

    /// Returns the series of a request's results.
    func series(
        _ results: [MetricDataResult],
        of request: MetricDataRequest,
        _ range: Range<Timestamp>,
        measure: (MetricDataRequest.Query) -> DashboardFrame.Measure
    ) -> [DashboardFrame.Series] {
        let names = labels(request)
        return results.compactMap { result in
            guard let query = request.queries.first(where: { $0.id == result.id }),
                let entry = entries.first(where: { $0.id == result.id })
            else { return nil }
            var period = request.longestPeriod
            if case .metric(_, _, let own) = query.source { period = own }
            let frame = request.frame(period)
            var values = [Double?](repeating: nil, count: frame.count)
            for point in result.datapoints {
                let index = Int((point.timestamp - frame.start) / (Int64(period) * 1000))
                if values.indices.contains(index) { values[index] = point.value }
            }
            return DashboardFrame.Series(
                id: result.id,
                label: names[result.id] ?? result.label,
                measure: measure(query),
                color: entry.row.color,
                side: entry.row.side,
                start: frame.start,
                period: period,
                values: values,
                isPartial: frame.end > range.upperBound
            )
        }
    }

    /// Returns names that distinguish the metrics without a label.
    private func labels(_ request: MetricDataRequest) -> [String: String] {
        let plain = request.queries.compactMap { query -> (String, Metric, Statistic)? in
            guard query.label == nil, case .metric(let reference, let statistic, _) = query.source else { return nil }
            return (query.id, reference.metric, statistic)
        }
        let names = MetricSearch.labels(of: plain.map(\.1))
        let hasStatistics = Set(plain.map(\.2)).count > 1
        return Dictionary(
            zip(plain, names).map { ($0.0, hasStatistics ? $1 + " " + $0.2.description : $1) }
        ) { first, _ in first }
    }

    /// Returns the series in the order of their rows.
    func inOrder(_ series: [DashboardFrame.Series]) -> [DashboardFrame.Series] {
        entries.flatMap { entry in series.filter { $0.id == entry.id } }
    }
}

extension MetricWidget.Row {
    fileprivate var isExpression: Bool {
        if case .expression = source { true } else { false }
    }

    fileprivate var searches: [MetricSearchCall] {
        if case .expression(_, _, let searches) = source { searches } else { [] }
    }
}
