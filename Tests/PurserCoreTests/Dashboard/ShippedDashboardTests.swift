import Testing

@testable import PurserCore

/// The dashboards in the program.
@Suite struct ShippedDashboardTests {
    private static let files = EmbeddedFile.all(in: "dashboards")

    @Test("every shipped body keeps CloudWatch's documented rules")
    func rules() throws {
        #expect(!Self.files.isEmpty)
        for file in Self.files {
            let faults = BodyRules.faults(of: try JSONValue(parsing: file.text))
            #expect(faults.isEmpty, "\(file.path): \(faults)")
            let read = DashboardBody.read(json: file.text, file: file.path)
            #expect(read.faults.isEmpty, "\(read.faults)")
            for widget in try #require(read.body).widgets {
                if case .notDrawn(let reason) = widget.content { Issue.record("\(widget.title ?? ""): \(reason)") }
            }
        }
    }

    @Test("the rules of the validator reject what they should")
    func validator() throws {
        let wrong = [
            #"{"widgets": 1}"#, #"{"widgets": [{"type": "text", "properties": {}}]}"#,
            #"{"widgets": [{"type": "text", "x": 20, "y": 0, "width": 6, "properties": {"markdown": ""}}]}"#,
            #"{"widgets": [{"type": "metric", "properties": {"metrics": [["A", "B"]]}}]}"#,
            #"{"widgets": [{"type": "metric", "properties": {"region": "r", "metrics": [["A", "B", "C"]]}}]}"#,
            #"{"widgets": [{"type": "metric", "properties": {"region": "r", "metrics": [["A", "B"]], "period": 90}}]}"#,
            #"{"widgets": [{"type": "metric", "properties": {"region": "r", "metrics": [["A", "B"]], "view": "gauge"}}]}"#,
            #"{"widgets": [{"type": "alarm", "properties": {"alarms": []}}]}"#,
        ]
        for text in wrong { #expect(!BodyRules.faults(of: try JSONValue(parsing: text)).isEmpty, "\(text)") }
    }

    @Test("the chat service's dashboard draws its metrics, and its thresholds are those of its alarms and the budget")
    func chat() throws {
        let file = try #require(Self.files.first { $0.name == "chat.json" })
        let body = try #require(DashboardBody.read(json: file.text, file: file.path).body)
        let alarms = EmbeddedFile.all(in: "alarms").filter {
            AlarmSet.holdsAlarms($0.path) && $0.name.hasSuffix(".json")
        }
        .compactMap { try? JSONValue(parsing: $0.text) }
        let names = Set(alarms.compactMap { $0["AlarmName"]?.string })
        let derived: Set = ["MonthToDateCost", "QuotaUsed", "DeadLetters"]
        let known = derived.union(ChatMetric.allCases.map(\.rawValue))
        var thresholds: [String: Double] = [:]
        for widget in body.widgets {
            switch widget.content {
            case .alarm(let alarm): #expect(names.isSuperset(of: alarm.names), "\(alarm.names)")
            case .metric(let metric):
                for case .metric(let drawn) in metric.rows.map(\.source) {
                    #expect(drawn.namespace == ChatMetric.namespace && known.contains(drawn.name), "\(drawn)")
                }
                for threshold in metric.thresholds { thresholds[threshold.label ?? ""] = threshold.value }
            default: break
            }
        }
        let budget = try #require(EmbeddedFile.all(in: "alarms").first { $0.name == AlarmSet.budgetFile })
        #expect(thresholds["budget"] == BudgetDefinition.read(json: budget.text, file: "b").definition?.limit.dollars)
        for name in ["error-rate", "latency-p99", "quota-80-percent"] {
            let alarm = try #require(alarms.first { $0["AlarmName"]?.string == name })
            #expect(thresholds["alarm " + name] == alarm["Threshold"]?.double, "\(name)")
        }
        let latency = try #require(body.widgets.first { $0.title == "Latency" })
        guard case .metric(let metric) = latency.content else { return #expect(Bool(false)) }
        #expect(metric.rows.map(\.color) == ["#1f77b4", "#9467bd", "#d55e00"])
    }
}

/// CloudWatch's documented rules for a body, checked on the JSON itself and not by the reader.
private enum BodyRules {
    static func faults(of body: JSONValue) -> [String] {
        guard let widgets = body["widgets"]?.array else { return ["widgets is not an array"] }
        var faults = widgets.count > 500 ? ["more than 500 widgets"] : []
        for (index, widget) in widgets.enumerated() {
            faults += Self.faults(ofWidget: widget).map { "widget \(index): \($0)" }
        }
        return faults
    }

    private static func faults(ofWidget widget: JSONValue) -> [String] {
        var faults: [String] = []
        func require(_ condition: Bool, _ what: String) { if !condition { faults.append(what) } }
        let (x, y) = (widget["x"]?.integer, widget["y"]?.integer)
        let (width, height) = (widget["width"]?.integer ?? 6, widget["height"]?.integer ?? 6)
        require((x == nil) == (y == nil), "x and y")
        require((0...23).contains(x ?? 0) && (y ?? 0) >= 0, "position")
        require((1...24).contains(width) && (1...1000).contains(height) && (x ?? 0) + width <= 24, "size")
        guard let properties = widget["properties"], properties.members != nil else { return faults + ["properties"] }
        switch widget["type"]?.string {
        case "text": require(properties["markdown"]?.string != nil, "markdown")
        case "alarm":
            let arns = (properties["alarms"]?.array ?? []).compactMap(\.string)
            require((1...100).contains(arns.count) && arns.allSatisfy { $0.hasPrefix("arn:aws:cloudwatch:") }, "alarms")
        case "metric":
            require(properties["region"]?.string != nil, "region")
            let rows = properties["metrics"]?.array ?? []
            require((1...500).contains(rows.count) && rows.allSatisfy(isRow), "metrics")
            if let period = properties["period"] {
                require((period.integer ?? 0) > 0 && (period.integer ?? 0) % 60 == 0, "period")
            }
            let view = properties["view"]?.string ?? "timeSeries"
            require(["timeSeries", "singleValue", "gauge", "bar", "pie", "table"].contains(view), "view")
            let left = properties["yAxis"]?["left"]
            if view == "gauge" { require(left?["min"]?.double != nil && left?["max"]?.double != nil, "gauge") }
        default: require(false, "type")
        }
        return faults
    }

    private static func isRow(_ row: JSONValue) -> Bool {
        guard var items = row.array else { return false }
        if items.last?.members != nil, let render = items.popLast() {
            let color = render["color"]?.string
            guard color.map({ $0.hasPrefix("#") && $0.count == 7 }) ?? true else { return false }
            if render["expression"] != nil { return items.isEmpty }
        }
        let texts = items.compactMap(\.string)
        return texts.count == items.count && !texts.isEmpty && (texts[0] == "..." || texts.count % 2 == 0)
    }
}
