/// Reads the metrics array of a widget.
extension DashboardReader {
    private static let mostRows = 500
    private static let mostDimensions = 30
    private static let renderKeys = [
        "color", "label", "id", "stat", "period", "visible", "yAxis", "region", "accountId", "expression",
    ]

    /// Reads the rows; nil if one of them cannot be read, because expressions may need it.
    mutating func rows(_ place: JSONPlace) -> [MetricWidget.Row]? {
        guard place.has("metrics") else { return nil }
        let before = faults.diagnostics.count
        let places = faults.list(place, "metrics", most: Self.mostRows)
        guard faults.diagnostics.count == before else { return nil }
        var rows: [MetricWidget.Row?] = []
        var fields: [String]? = []
        var searchCount = 0
        let texts = places.compactMap { $0.value.array?.last?.members }.joined().compactMap(\.value.string)
        for place in places {
            rows.append(
                row(place, &fields) { (text) throws(ExpressionError) in
                    try MetricSearchCall.extract(from: text, count: &searchCount, taken: texts)
                }
            )
        }
        var all: [MetricWidget.Row] = []
        var read: [JSONPlace] = []
        for (row, place) in zip(rows, places) {
            guard let row else { return nil }
            // CloudWatch takes a row that is there twice, with its id, for one.
            if row.id != nil, read.contains(where: { $0.value == place.value }) { continue }
            all.append(row)
            read.append(place)
        }
        return checkIds(all, read) ? all : nil
    }

    private typealias Extraction = (String) throws(ExpressionError) -> (plain: String, calls: [MetricSearchCall])

    private mutating func row(_ place: JSONPlace, _ previous: inout [String]?, _ extract: Extraction) -> MetricWidget
        .Row?
    {
        guard let items = place.value.array else {
            faults.fault(place.path, "must be an array such as [\"Namespace\", \"Metric\"], not \(place.value.kind)")
            return nil
        }
        let places = items.enumerated().map { JSONPlace(value: $1, path: place.path + "[\($0)]") }
        let render = places.last.flatMap { $0.value.members == nil ? nil : $0 }
        if let render {
            faults.checkKeys(of: render, supported: Self.renderKeys, of: "a metric's rendering properties")
        }
        let names = render == nil ? places : places.dropLast()
        let source: MetricWidget.Row.Source?
        if let render, render.has("expression") {
            if let name = names.first { faults.fault(name.path, "is not allowed beside an expression") }
            source = names.isEmpty ? expression(render, extract) : nil
        } else {
            source = metric(names, place, &previous).map { .metric($0) }
        }
        guard let source else { return nil }
        return render.map { self.row(source, $0) } ?? MetricWidget.Row(source)
    }

    /// Returns a row with its rendering properties; those with faults are reported and not used.
    private mutating func row(_ source: MetricWidget.Row.Source, _ render: JSONPlace) -> MetricWidget.Row? {
        var row = MetricWidget.Row(source)
        row.label = faults.text(render, "label", length: 0...Self.longestText, mayBeUnfilled: true)
        row.color = color(render)
        row.isVisible = faults.boolean(render, "visible") ?? true
        row.side = faults.choice(render, "yAxis", MetricWidget.Side.self) ?? .left
        for key in ["region", "accountId"] { _ = faults.text(render, key, length: 1...64, mayBeUnfilled: true) }
        let before = faults.diagnostics.count
        row.statistic = statistic(render)
        row.period = period(render)
        row.id = faults.text(render, "id", length: 1...255)
        if let id = row.id, !Self.isId(id) {
            let allowed = "a lower-case letter, then letters, digits and _"
            faults.fault(render.path(of: "id"), "`\(id)` is not allowed; allowed: \(allowed)")
        }
        return faults.diagnostics.count == before ? row : nil
    }

    private static func isId(_ text: String) -> Bool {
        guard let first = text.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else { return false }
        return text.utf8.allSatisfy { $0 < 0x80 } && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }

    /// Reads a metric's names, in which `.` repeats the field of the row before, and `...` as many as are left out.
    ///
    /// - Parameter previous: The names of the row before; nil if it cannot be read, so what repeats them has no fault of
    ///   its own.
    private mutating func metric(_ places: [JSONPlace], _ row: JSONPlace, _ previous: inout [String]?) -> Metric? {
        let before = previous
        previous = nil
        var fields: [String] = []
        var isFilled = true
        for (index, place) in places.enumerated() {
            guard let text = faults.text(place, length: 1...1024, mayBeUnfilled: true) else { return nil }
            // Rows that repeat the name have no fault of their own.
            if ParameterFilling.unfilled(in: text) != nil {
                isFilled = faults.text(place, length: 1...1024) != nil && isFilled
            }
            if text == "...", index == 0 {
                guard let before else { return nil }
                guard before.count >= places.count - 1, !before.isEmpty else {
                    faults.fault(place.path, "there is no row before this one with so many names to repeat")
                    return nil
                }
                fields = Array(before.dropLast(places.count - 1))
            } else if text == "." {
                guard let before else { return nil }
                guard before.indices.contains(fields.count) else {
                    faults.fault(place.path, "the row before this one has no name at this position to repeat")
                    return nil
                }
                fields.append(before[fields.count])
            } else {
                fields.append(text)
            }
        }
        guard fields.count >= 2, fields.count % 2 == 0 else {
            let form = "a namespace, a metric's name, and then names and values of dimensions in pairs"
            faults.fault(row.path, "has \(fields.count.counted("name")); allowed: \(form)")
            return nil
        }
        previous = fields
        guard isFilled else { return nil }
        let dimensions = stride(from: 2, to: fields.count, by: 2).map { Dimension(fields[$0], fields[$0 + 1]) }
        guard dimensions.count <= Self.mostDimensions else {
            faults.fault(row.path, "has \(dimensions.count) dimensions; at most \(Self.mostDimensions) are allowed")
            return nil
        }
        return Metric(namespace: fields[0], name: fields[1], dimensions: dimensions)
    }

    private mutating func expression(_ render: JSONPlace, _ extract: Extraction) -> MetricWidget.Row.Source? {
        guard let text = faults.text(render, "expression", isRequired: true, length: 1...10_000) else { return nil }
        do throws(ExpressionError) {
            let (plain, calls) = try extract(text)
            if let refusal = MetricMathExpression.refusal(in: plain) {
                return .unsupported(refusal.message, written: text)
            }
            return .expression(try MetricMathExpression.parse(plain), written: text, searches: calls)
        } catch {
            faults.fault(render.path(of: "expression"), error.description)
            return nil
        }
    }

    /// Reports ids that are given twice, and those that expressions use but no row has.
    private mutating func checkIds(_ rows: [MetricWidget.Row], _ places: [JSONPlace]) -> Bool {
        let before = faults.diagnostics.count
        let ids = Set(rows.compactMap(\.id))
        var seen: Set<String> = []
        for (row, place) in zip(rows, places) {
            let render = place.path + "[\((place.value.array?.count ?? 1) - 1)]"
            if let id = row.id, !seen.insert(id).inserted { faults.fault(render + ".id", "`\(id)` is given twice") }
            guard case .expression(let expression, _, let calls) = row.source else { continue }
            for (id, column) in expression.references where !ids.contains(id) && !calls.contains(where: { $0.id == id })
            {
                faults.fault(
                    render + ".expression",
                    "column \(column): no row has the id `\(id)`" + NearestName.advice(id, among: ids.sorted())
                )
            }
        }
        return faults.diagnostics.count == before
    }
}
