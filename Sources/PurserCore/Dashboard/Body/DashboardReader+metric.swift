/// Reads the properties of metric widgets.
extension DashboardReader {
    private static let keys = [
        "metrics", "view", "stacked", "sparkline", "stat", "period", "title", "region", "accountId", "annotations",
        "yAxis", "legend", "liveData", "setPeriodToTimeRange", "singleValueFullPrecision", "trend", "timezone",
        "labels", "table", "start", "end",
    ]

    mutating func metric(_ place: JSONPlace) -> MetricWidget? {
        faults.checkKeys(of: place, supported: Self.keys, of: "a metric widget")
        var widget = MetricWidget()
        // That of an alarm is in its ARN.
        if !place.has("region"), place.has("metrics") {
            faults.fault(place.path(of: "region"), "is missing; the Region of the metrics is needed")
        }
        _ = faults.text(place, "region", length: 1...64, mayBeUnfilled: true)
        widget.view = faults.choice(place, "view", MetricWidget.View.self) ?? .timeSeries
        widget.isStacked = faults.boolean(place, "stacked") ?? false
        widget.showsSparkline = faults.boolean(place, "sparkline") ?? false
        widget.spansRange = faults.boolean(place, "setPeriodToTimeRange") ?? false
        widget.isFullPrecision = faults.boolean(place, "singleValueFullPrecision") ?? false
        for key in ["liveData", "trend"] { _ = faults.boolean(place, key) }
        widget.period = period(place) ?? MetricWidget.defaultPeriod
        widget.statistic = statistic(place) ?? .average
        if let legend = faults.object(place, "legend") {
            faults.checkKeys(of: legend, supported: ["position"], of: "a legend")
            checkWord(legend, "position", ["right", "bottom", "hidden"])
            widget.hidesLegend = legend.value["position"]?.string == "hidden"
        }
        table(place, &widget)
        axes(place, &widget)
        timezone(place, &widget)
        // Relative ends occur, too; neither is applied.
        let (start, end) = (faults.text(place, "start", length: 1...64), faults.text(place, "end", length: 1...64))
        if end != nil, start == nil { faults.fault(place.path(of: "end"), "needs start") }
        if start != nil {
            widget.notApplied.append("its own start and end are not applied: it has the dashboard's time range")
        }
        // What the values are, and so whether there is anything to draw, depends on what follows.
        let before = faults.diagnostics.count
        annotations(place, &widget)
        let rows = rows(place)
        if place.has("metrics") {
            guard let rows else { return nil }
            widget.rows = rows
        } else if widget.alarm == nil {
            guard faults.diagnostics.count == before else { return nil }
            faults.fault(place.path(of: "metrics"), "is missing; metrics, or the alarm of an annotation, are needed")
            return nil
        }
        guard widget.view == .gauge else { return widget }
        let left = place.value["yAxis"]?["left"]
        guard left?["min"] != nil, left?["max"] != nil else {
            faults.fault(place.path(of: "yAxis"), "min and max of left are missing; a gauge needs both")
            return nil
        }
        // One that cannot be used is reported already.
        return widget.axes[.left]?.min == nil || widget.axes[.left]?.max == nil ? nil : widget
    }

    /// Reads a period; one that is not allowed is reported, and the default is drawn.
    mutating func period(_ place: JSONPlace) -> Int? {
        guard let period = faults.integer(place, "period", 1...30 * 86_400) else { return nil }
        // CloudWatch also has periods of 1 and 5 seconds, which are finer than what is stored.
        if period == 1 || period == 5 { return Slot.seconds }
        if MetricDataRequest.isPeriod(period) { return period }
        faults.fault(
            place.path(of: "period"),
            "\(period) is not allowed; allowed: 1, 5, \(MetricDataRequest.allowedPeriods)"
        )
        return nil
    }

    mutating func statistic(_ place: JSONPlace) -> Statistic? {
        guard let text = faults.text(place, "stat", length: 1...100) else { return nil }
        if let statistic = Statistic(text) { return statistic }
        let advice = NearestName.advice(text, among: Statistic.simple.map(\.description))
        faults.fault(
            place.path(of: "stat"),
            "`\(text)` is not a statistic" + (advice.isEmpty ? "; allowed: \(Statistic.allowed)" : advice)
        )
        return nil
    }

    private mutating func table(_ place: JSONPlace, _ widget: inout MetricWidget) {
        guard let table = faults.object(place, "table") else { return }
        faults.checkKeys(
            of: table,
            supported: ["layout", "stickySummary", "showTimeSeriesData", "summaryColumns"],
            of: "a table"
        )
        checkWord(table, "layout", ["horizontal", "vertical"])
        if widget.view == .table, table.value["layout"]?.string == "vertical" {
            widget.notApplied.append("its layout is not applied: each metric has a row")
        }
        widget.showsCourse = faults.boolean(table, "showTimeSeriesData") ?? true
        guard table.has("summaryColumns") else { return }
        widget.summaries = faults.list(table, "summaryColumns", most: 4).compactMap { place in
            if let summary = place.value.string.flatMap(MetricWidget.Summary.init(rawValue:)) { return summary }
            let allowed = MetricWidget.Summary.allCases.map(\.rawValue).joined(separator: ", ")
            faults.fault(place.path, "must be one of \(allowed)")
            return nil
        }
    }

    private mutating func axes(_ place: JSONPlace, _ widget: inout MetricWidget) {
        guard let axes = faults.object(place, "yAxis") else { return }
        faults.checkKeys(of: axes, supported: MetricWidget.Side.allCases.map(\.rawValue), of: "yAxis")
        for side in MetricWidget.Side.allCases {
            guard let axis = faults.object(axes, side.rawValue) else { continue }
            faults.checkKeys(of: axis, supported: ["min", "max", "label", "showUnits"], of: "an axis")
            _ = faults.boolean(axis, "showUnits")
            let (min, max) = (faults.number(axis, "min"), faults.number(axis, "max"))
            if let min, let max, min >= max {
                faults.fault(axis.path(of: "max"), "must be greater than min")
                continue
            }
            let label = faults.text(axis, "label", length: 0...Self.longestText, mayBeUnfilled: true)
            widget.axes[side] = MetricWidget.Axis(min: min, max: max, label: label)
        }
    }

    private mutating func timezone(_ place: JSONPlace, _ widget: inout MetricWidget) {
        guard let text = faults.text(place, "timezone", length: 1...64) else { return }
        let isOffset =
            text.utf8.count == 5 && (text.hasPrefix("+") || text.hasPrefix("-")) && Int(text.dropFirst()) != nil
        if !isOffset, !["UTC", "Local", "LOCAL"].contains(text) {
            faults.fault(place.path(of: "timezone"), "must be + or -, hours and minutes, such as +0130")
        } else if text != "UTC", Int(text) != 0 {
            widget.notApplied.append("its time zone is not applied: times are in UTC")
        }
    }

    private mutating func annotations(_ place: JSONPlace, _ widget: inout MetricWidget) {
        guard let annotations = faults.object(place, "annotations") else { return }
        faults.checkKeys(of: annotations, supported: ["horizontal", "vertical", "alarms"], of: "annotations")
        let alarms = faults.list(annotations, "alarms", most: 1)
        widget.alarm = alarms.first.flatMap { alarmName($0) }
        if !alarms.isEmpty, place.has("metrics") {
            faults.fault(annotations.path(of: "alarms"), "cannot be combined with metrics; the metrics are drawn")
            widget.alarm = nil
        }
        for item in faults.list(annotations, "horizontal", most: 500) {
            guard let edges = edges(item, fills: ["above", "below", "none"], keys: ["yAxis"]) else { continue }
            let values = edges.compactMap { faults.number($0, "value", isRequired: true) }
            guard values.count == edges.count, isVisible(edges[0]) else { continue }
            widget.thresholds.append(
                MetricWidget.Threshold(
                    value: values[0],
                    other: values.count > 1 ? values[1] : nil,
                    label: label(edges[0]),
                    side: faults.choice(edges[0], "yAxis", MetricWidget.Side.self) ?? .left
                )
            )
        }
        for item in faults.list(annotations, "vertical", most: 500) {
            guard let edges = edges(item, fills: ["before", "after", "none"], keys: []) else { continue }
            let times = edges.compactMap { time($0) }
            guard times.count == edges.count, isVisible(edges[0]) else { continue }
            widget.marks.append(
                MetricWidget.Mark(time: times[0], end: times.count > 1 ? times[1] : nil, label: label(edges[0]))
            )
        }
    }

    /// Returns the one object of an annotation, or the two of a band; reports anything else.
    private mutating func edges(_ item: JSONPlace, fills: [String], keys: [String]) -> [JSONPlace]? {
        var edges = [item]
        if let pair = item.value.array {
            guard pair.count == 2 else {
                faults.fault(item.path, "has \(pair.count.counted("element")); a band has 2")
                return nil
            }
            edges = pair.enumerated().map { JSONPlace(value: $1, path: item.path + "[\($0)]") }
        }
        for edge in edges {
            guard edge.value.members != nil else {
                faults.fault(edge.path, "must be an object, or two objects of a band, not \(edge.value.kind)")
                return nil
            }
            faults.checkKeys(
                of: edge,
                supported: ["value", "label", "color", "fill", "visible"] + keys,
                of: "an annotation"
            )
            color(edge)
            checkWord(edge, "fill", fills)
        }
        return edges
    }

    private mutating func time(_ edge: JSONPlace) -> Timestamp? {
        guard let text = faults.text(edge, "value", isRequired: true, length: 1...64) else { return nil }
        if let time = Timestamp(iso8601: text) { return time }
        faults.fault(edge.path(of: "value"), "`\(text)` is not a time such as 2026-11-24T10:00:00Z")
        return nil
    }

    private mutating func isVisible(_ edge: JSONPlace) -> Bool {
        faults.boolean(edge, "visible") ?? true
    }

    private mutating func label(_ edge: JSONPlace) -> String? {
        faults.text(edge, "label", length: 0...Self.longestText, mayBeUnfilled: true)
    }

    @discardableResult
    mutating func color(_ place: JSONPlace) -> String? {
        guard let text = faults.text(place, "color", length: 1...64) else { return nil }
        let digits = text.dropFirst()
        let isColor =
            text.hasPrefix("#") && (digits.count == 3 || digits.count == 6)
            && digits.allSatisfy { $0.isASCII && $0.isHexDigit }
        if isColor { return text }
        faults.fault(place.path(of: "color"), "`\(text)` is not allowed; allowed: # and six hexadecimal digits")
        return nil
    }
}
