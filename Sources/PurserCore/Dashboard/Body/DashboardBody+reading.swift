extension DashboardBody {
    /// Reads a body; a fault in one widget does not keep the others from being read.
    ///
    /// Each fault names the line and the path of its place. A widget that cannot be understood keeps its place on the
    /// grid, with the reason; the body is nil only if the text is not JSON, or not an object.
    package static func read(
        json text: String,
        file: String,
        parameters: [String: String] = [:]
    ) -> (body: DashboardBody?, faults: [Diagnostic]) {
        let content: JSONValue
        let repeated: [Diagnostic]
        do {
            let (value, faults) = try JSONValue.tolerating(repeatedKeysIn: text)
            content = value
            repeated = faults.map { Diagnostic(file: file, $0.description + "; the last value is drawn") }
        } catch {
            return (nil, [Diagnostic(file: file, error.description)])
        }
        var reader = DashboardReader(file: file)
        let root = JSONPlace(value: ParameterFilling.fill(content, parameters), path: "")
        let body = reader.body(root)
        guard !reader.faults.diagnostics.isEmpty else { return (body, repeated) }
        let lines = JSONLines(text)
        let faults = reader.faults.diagnostics.map { fault in
            Diagnostic(file: "\(file):\(lines.line(of: fault.key ?? ""))", key: fault.key, fault.message)
        }
        return (body, repeated + faults)
    }
}

/// Reads the body of a dashboard.
///
/// Source: CloudWatch's "Dashboard Body Structure and Syntax".
struct DashboardReader {
    var faults: DefinitionReader
    /// Where the next widget without a place is put.
    private var nextPlace = GridPlace(x: 0, y: 0, width: 6, height: 6)

    static let mostVariables = 25
    private static let mostVariableValues = 1000
    static let longestText = 100_000
    private static let defaultSize = 6
    /// CloudWatch names no limit; this one leaves room for sums.
    private static let lowestRow = Int(Int32.max)

    init(file: String) {
        faults = DefinitionReader(file: file)
    }

    mutating func body(_ root: JSONPlace) -> DashboardBody? {
        guard root.value.members != nil else {
            faults.fault(nil, "the body of a dashboard must be an object, not \(root.value.kind)")
            return nil
        }
        faults.checkKeys(
            of: root,
            supported: ["widgets", "variables", "start", "end", "periodOverride"],
            of: "a dashboard's body"
        )
        let (start, end) = range(root)
        return DashboardBody(
            widgets: faults.list(root, "widgets", isRequired: true, most: DashboardBody.mostWidgets)
                .prefix(DashboardBody.mostWidgets).map { widget($0) },
            start: start,
            end: end,
            periodOverride: faults.choice(root, "periodOverride", DashboardBody.PeriodOverride.self),
            variables: variables(root)
        )
    }

    private mutating func range(_ root: JSONPlace) -> (DashboardBody.Start?, Timestamp?) {
        let form = "a time such as 2026-11-24T10:00:00Z"
        func time(_ key: String, _ text: String) -> Timestamp? {
            if let time = Timestamp(iso8601: text) { return time }
            faults.fault(key, "`\(text)` is not allowed; allowed: \(form)" + (key == "start" ? ", or -PT3H" : ""))
            return nil
        }
        let end = faults.text(root, "end", length: 1...64).flatMap { time("end", $0) }
        guard let text = faults.text(root, "start", length: 1...64) else {
            if end != nil, !root.has("start") { faults.fault("end", "needs start") }
            return (nil, end)
        }
        if text.hasPrefix("-P") {
            guard let seconds = Self.seconds(text) else {
                faults.fault("start", "`\(text)` is not allowed; allowed: such as -PT30M, -PT3H, -P2D, -P1W or -P3M")
                return (nil, end)
            }
            if end != nil { faults.fault("start", "must be \(form), because there is an end") }
            return (.ago(seconds: seconds), end)
        }
        let start = time("start", text)
        if let start, let end, start >= end { faults.fault("end", "must be after start") }
        return (start.map { .time($0) }, end)
    }

    /// Returns the length of `-PT3H` or `-P2D`; a month has 30 days. Nil if the text is anything else.
    private static func seconds(_ text: String) -> Int? {
        let isTime = text.hasPrefix("-PT")
        let rest = text.dropFirst(isTime ? 3 : 2)
        let factors: [Character: Int] =
            isTime ? ["S": 1, "M": 60, "H": 3600] : ["D": 86_400, "W": 604_800, "M": 30 * 86_400, "Y": 365 * 86_400]
        guard let unit = rest.last, let factor = factors[unit], let count = Int(rest.dropLast()),
            (1...1_000_000).contains(count)
        else { return nil }
        return count * factor
    }

    private mutating func variables(_ root: JSONPlace) -> [String] {
        let keys = [
            "type", "property", "pattern", "inputType", "id", "label", "defaultValue", "visible", "search",
            "populateFrom", "values",
        ]
        return faults.list(root, "variables", most: Self.mostVariables).compactMap { place in
            guard place.value.members != nil else {
                faults.fault(place.path, "must be an object, not \(place.value.kind)")
                return nil
            }
            faults.checkKeys(of: place, supported: keys, of: "a variable")
            checkVariable(place)
            return faults.name(place, "id", isRequired: true, length: 1...32, mayBeUnfilled: true)
        }
    }

    private mutating func checkVariable(_ place: JSONPlace) {
        let kinds = ["property", "pattern"]
        checkWord(place, "type", isRequired: true, kinds)
        checkWord(place, "inputType", isRequired: true, ["input", "select", "radio"])
        for kind in kinds where place.value["type"]?.string == kind {
            _ = faults.text(place, kind, isRequired: true, length: 1...Self.longestText, mayBeUnfilled: true)
        }
        for key in ["label", "search", "populateFrom", "defaultValue"] {
            _ = faults.text(place, key, length: 0...Self.longestText, mayBeUnfilled: true)
        }
        _ = faults.boolean(place, "visible")
        for value in faults.list(place, "values", most: Self.mostVariableValues) {
            _ = faults.text(value, "value", isRequired: true, length: 0...Self.longestText, mayBeUnfilled: true)
            _ = faults.text(value, "label", length: 0...Self.longestText, mayBeUnfilled: true)
        }
    }

    /// Reports a member that is not one of the words.
    mutating func checkWord(_ place: JSONPlace, _ key: String, isRequired: Bool = false, _ allowed: [String]) {
        guard let text = faults.text(place, key, isRequired: isRequired, length: 0...100), !allowed.contains(text)
        else {
            return
        }
        let words = allowed.joined(separator: ", ")
        faults.fault(place.path(of: key), "`\(text)` is not allowed; allowed: \(words)")
    }

    private mutating func widget(_ place: JSONPlace) -> DashboardWidget {
        guard place.value.members != nil else {
            faults.fault(place.path, "must be an object, not \(place.value.kind)")
            let reason = "is not an object"
            return DashboardWidget(type: "unknown", place: gridPlace(place), content: .notDrawn(reason))
        }
        let before = faults.diagnostics.count
        faults.checkKeys(of: place, supported: ["type", "x", "y", "width", "height", "properties"], of: "a widget")
        let kind = faults.choice(place, "type", isRequired: true, DashboardWidget.Kind.self)
        let grid = gridPlace(place)
        let properties = faults.object(place, "properties", isRequired: true)
        let title = properties.flatMap { faults.text($0, "title", length: 0...Self.longestText, mayBeUnfilled: true) }
        var content: DashboardWidget.Content?
        if let kind, let properties { content = self.content(kind, properties) }
        let reason = faults.diagnostics.dropFirst(before).first.map { fault in
            let path = fault.key?.dropFirst(place.path.count + 1) ?? ""
            return (path.isEmpty ? "" : path + ": ") + fault.message
        }
        return DashboardWidget(
            type: kind?.rawValue ?? place.value["type"]?.string ?? "unknown",
            title: title.flatMap { $0.isEmpty ? nil : $0 },
            place: grid,
            content: content ?? .notDrawn(reason ?? "cannot be read")
        )
    }

    /// Reads the place of a widget; without one, it follows the widget before it.
    private mutating func gridPlace(_ place: JSONPlace) -> GridPlace {
        let columns = GridPlace.columns
        let width = faults.integer(place, "width", 1...columns) ?? Self.defaultSize
        let height = faults.integer(place, "height", 1...1000) ?? Self.defaultSize
        let (x, y) = (faults.integer(place, "x", 0...columns - 1), faults.integer(place, "y", 0...Self.lowestRow))
        if place.has("x") != place.has("y") {
            faults.fault(place.path, "needs both x and y, or neither of them")
        }
        var grid = GridPlace(x: x ?? nextPlace.x, y: y ?? nextPlace.y, width: width, height: height)
        if x == nil, grid.x + width > columns {
            grid.x = 0
            grid.y = nextPlace.y + nextPlace.height
        }
        nextPlace = GridPlace(x: grid.x + width, y: grid.y, width: width, height: height)
        return grid
    }

    private mutating func content(_ kind: DashboardWidget.Kind, _ properties: JSONPlace) -> DashboardWidget.Content? {
        switch kind {
        case .metric where properties.has("insightRule"):
            .notDrawn("it is a rule of Contributor Insights")
        case .metric: metric(properties).map { .metric($0) }
        case .text: text(properties)
        case .alarm: alarm(properties).map { .alarm($0) }
        case .chart: .notDrawn("it is a query in PromQL")
        case .log: log(properties)
        case .explorer: explorer(properties)
        case .custom: custom(properties)
        }
    }

    private mutating func log(_ properties: JSONPlace) -> DashboardWidget.Content {
        for key in ["query", "region"] {
            _ = faults.text(properties, key, isRequired: true, length: 1...Self.longestText, mayBeUnfilled: true)
        }
        checkWord(properties, "view", ["table", "timeSeries", "bar", "pie"])
        return .notDrawn("it is a query of CloudWatch Logs")
    }

    private mutating func explorer(_ properties: JSONPlace) -> DashboardWidget.Content {
        let required = [("metrics", ["metricName", "resourceType", "stat"]), ("labels", ["key"])]
        for (list, keys) in required {
            for item in faults.list(properties, list, isRequired: true, most: DashboardBody.mostWidgets) {
                for key in keys {
                    _ = faults.text(item, key, isRequired: true, length: 1...Self.longestText, mayBeUnfilled: true)
                }
            }
        }
        return .notDrawn("it finds metrics by the tags of resources")
    }

    private mutating func custom(_ properties: JSONPlace) -> DashboardWidget.Content {
        _ = faults.text(properties, "endpoint", isRequired: true, length: 1...Self.longestText, mayBeUnfilled: true)
        return .notDrawn("a Lambda function draws it")
    }

    private mutating func text(_ properties: JSONPlace) -> DashboardWidget.Content? {
        faults.checkKeys(of: properties, supported: ["markdown", "background", "title"], of: "a text widget")
        checkWord(properties, "background", ["solid", "transparent"])
        return faults.text(
            properties,
            "markdown",
            isRequired: true,
            length: 0...Self.longestText,
            mayBeUnfilled: true
        ).map { .text($0) }
    }

    private mutating func alarm(_ properties: JSONPlace) -> AlarmWidget? {
        faults.checkKeys(of: properties, supported: ["alarms", "title", "sortBy", "states"], of: "an alarm widget")
        let before = faults.diagnostics.count
        let places = faults.list(properties, "alarms", isRequired: true, most: 100)
        let names = places.compactMap { alarmName($0) }
        guard faults.diagnostics.count == before else { return nil }
        if names.isEmpty { faults.fault(properties.path(of: "alarms"), "must hold at least one ARN of an alarm") }
        var states: Set<AlarmState> = []
        for place in faults.list(properties, "states", most: AlarmState.allCases.count) {
            if let state = place.value.string.flatMap(AlarmState.init(rawValue:)) {
                states.insert(state)
            } else {
                let allowed = AlarmState.allCases.map(\.rawValue).joined(separator: ", ")
                faults.fault(place.path, "must be one of \(allowed)")
            }
        }
        let order = faults.choice(properties, "sortBy", AlarmWidget.Order.self) ?? .byName
        return names.isEmpty ? nil : AlarmWidget(names: names, order: order, states: states)
    }

    /// Reads the name in an alarm's ARN, whose Region and account may be parameters without a value.
    mutating func alarmName(_ place: JSONPlace) -> String? {
        guard let text = faults.text(place, length: 1...1600, mayBeUnfilled: true) else { return nil }
        if let mark = text.firstRange(of: ":alarm:"), text.hasPrefix("arn:"), mark.upperBound < text.endIndex {
            return String(text[mark.upperBound...])
        }
        // A parameter without a value is reported as such.
        if faults.text(place, length: 1...1600) != nil {
            faults.fault(place.path, "`\(text)` is not allowed; allowed: the ARN of an alarm")
        }
        return nil
    }
}
