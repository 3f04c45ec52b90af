import Testing

@testable import PurserCore

@Suite struct DashboardReadingTests {
    private static func read(_ text: String, _ parameters: [String: String] = [:]) -> (
        body: DashboardBody?, faults: [String]
    ) {
        let result = DashboardBody.read(json: text, file: "d.json", parameters: parameters)
        return (result.body, result.faults.map(\.description))
    }

    /// Returns the body with one metric widget that has these properties.
    private static func widget(_ properties: String) -> String {
        """
        {"widgets": [
          {"type": "metric", "properties": {
            "region": "us-east-1",
            \(properties)
          }}
        ]}
        """
    }

    private static func rows(_ rows: String) throws -> [MetricWidget.Row] {
        let result = read(widget("\"metrics\": \(rows)"))
        #expect(result.faults.isEmpty, "\(result.faults)")
        guard case .metric(let widget)? = result.body?.widgets.first?.content else { return [] }
        return widget.rows
    }

    private static let metric = #""metrics": [["A", "B"]]"#

    @Test(
        "a fault names its line, its path and the reason",
        arguments: [
            ("[]", "d.json:1: the body of a dashboard must be an object, not an array"),
            ("{\"widgets\": [}", "d.json: line 1, column 14: a value is expected, not `}`"),
            ("{\"widget\": []}", "d.json:1: widget: unknown key of a dashboard's body; did you mean widgets?"),
            ("{\"start\": \"3h\",\n\"widgets\": []}", "d.json:1: start: `3h` is not allowed; allowed: a time"),
            ("{\"widgets\": [],\n\"end\": \"2026-11-24T10:00:00Z\"}", "d.json:2: end: needs start"),
            (widget(metric + ", \"staked\": true"), "widgets[0].properties.staked: unknown key of a metric widget"),
            (widget(metric + ", \"staked\": true"), "d.json:4: "),
            (widget(metric + ", \"staked\": true"), "did you mean stacked?"),
            (
                widget(metric + ",\n\"stat\": \"Avrage\""),
                "d.json:5: widgets[0].properties.stat: `Avrage` is not a statistic"
            ),
            (widget(metric + ",\n\"stat\": \"Avrage\""), "did you mean Average?"),
            (widget(metric + ", \"view\": \"lines\""), "allowed: timeSeries, singleValue, gauge, bar, pie, table"),
            (widget(metric + ", \"view\": \"gauge\""), "min and max of left are missing; a gauge needs both"),
            (widget(metric + ", \"period\": 45"), "45 is not allowed; allowed: 1, 5, 10, 20, 30 or a multiple of 60"),
            (widget("\"metrics\": [\"A\", \"B\"]"), "metrics[0]: must be an array such as [\"Namespace\", \"Metric\"]"),
            (widget("\"metrics\": [[\"A\", \"B\", \"C\"]]"), "metrics[0]: has 3 names; allowed: a namespace"),
            (widget("\"metrics\": [[\".\", \"B\"]]"), "metrics[0][0]: the row before this one has no name"),
            (widget("\"metrics\": [[\"...\", \"B\"]]"), "metrics[0][0]: there is no row before this one"),
            (
                widget("\"metrics\": [[\"A\", \"B\", {\"id\": \"M\"}]]"),
                "`M` is not allowed; allowed: a lower-case letter"
            ),
            (
                widget("\"metrics\": [[\"A\", \"B\", {\"id\": \"m\"}], [\"A\", \"C\", {\"id\": \"m\"}]]"),
                "metrics[1][2].id: `m` is given twice"
            ),
            (
                widget(
                    "\"metrics\": [[{\"expression\": \"m1/mm2\"}], [\"A\", \"B\", {\"id\": \"m1\"}], [\"A\", \"C\", {\"id\": \"m2\"}]]"
                ),
                "column 4: no row has the id `mm2`; did you mean m2?"
            ),
            (widget("\"metrics\": [[{\"expression\": \"1 +\"}]]"), "metrics[0][0].expression: column 4:"),
            (
                widget("\"metrics\": [[{\"expression\": \"SEARCH('{A', 'Sum')\"}]]"),
                "metrics[0][0].expression: column 11: `,` or `}` is expected, not the end"
            ),
            (widget("\"title\": \"t\""), "metrics: is missing; metrics, or the alarm of an annotation, are needed"),
            (
                "{\"widgets\": [{\"type\": \"metric\", \"properties\": {\(metric)}}]}",
                "d.json:1: widgets[0].properties.region: is missing"
            ),
            ("{\"widgets\": [{\"type\": \"text\", \"properties\": {}}]}", "markdown: is missing"),
            ("{\"widgets\": [{\"type\": \"txt\", \"properties\": {}}]}", "`txt` is not allowed; allowed: metric, text"),
            (
                "{\"widgets\": [{\"type\": \"text\", \"x\": 24, \"y\": 0, \"properties\": {\"markdown\": \"\"}}]}",
                "24 is not allowed"
            ),
            (
                "{\"widgets\": [{\"type\": \"text\", \"x\": 2, \"properties\": {\"markdown\": \"\"}}]}",
                "needs both x and y"
            ),
            (
                "{\"widgets\": [{\"type\": \"alarm\", \"properties\": {\"alarms\": [\"cpu\"]}}]}",
                "allowed: the ARN of an alarm"
            ),
            (
                widget(metric + ", \"annotations\": {\"horizontal\": [{\"value\": 1, \"fill\": \"under\"}]}"),
                "allowed: above, below, none"
            ),
            (
                widget(metric + ", \"annotations\": {\"horizontal\": [[{\"value\": 1}]]}"),
                "has 1 element; a band has 2"
            ),
            (widget(metric + ", \"annotations\": {\"vertical\": [{\"value\": \"noon\"}]}"), "`noon` is not a time"),
            (widget("\"metrics\": [[\"A\", \"B\", \"C\", \"${Name}\"]]"), "the parameter Name has no value"),
            (
                "{\"widgets\": [], \"variables\": [{\"id\": \"v\", \"type\": \"property\", \"inputType\": \"input\"}]}",
                "variables[0].property: is missing"
            ),
            (
                "{\"widgets\": [], \"variables\": [{\"id\": \"v\", \"type\": \"pattern\", \"inputType\": \"select\","
                    + " \"pattern\": \"p\", \"values\": [{\"label\": \"l\"}]}]}",
                "variables[0].values[0].value: is missing"
            ),
            (
                "{\"widgets\": [{\"type\": \"explorer\", \"properties\": {\"labels\": [],"
                    + " \"metrics\": [{\"metricName\": \"m\", \"stat\": \"Sum\"}]}}]}",
                "properties.metrics[0].resourceType: is missing"
            ),
            (widget(metric + ", \"table\": {\"layout\": \"round\"}"), "allowed: horizontal, vertical"),
        ]
    )
    func fault(text: String, expected: String) {
        let faults = Self.read(text).faults
        #expect(faults.contains { $0.contains(expected) }, "\(faults)")
    }

    @Test("a key that is given twice is named, and the widgets are drawn with its last value")
    func repeatedKey() throws {
        let result = Self.read(
            "{\"widgets\": [\n{\"type\": \"text\", \"properties\": {\"markdown\": \"a\", \"markdown\": \"b\"}}]}"
        )
        #expect(
            result.faults == [
                "d.json: line 2, column 50: the key `markdown` occurs twice in one object; the last value is drawn"
            ]
        )
        #expect(result.body?.widgets.first?.content == .text("b"))
    }

    @Test(
        "what a widget asks for and does not get is said",
        arguments: [
            (#""timezone": "+0130""#, ["its time zone is not applied: times are in UTC"]),
            (#""timezone": "-0000""#, []), (#""timezone": "UTC""#, []),
            (
                #""view": "table", "table": {"layout": "vertical"}"#,
                ["its layout is not applied: each metric has a row"]
            ),
            (#""table": {"layout": "vertical"}"#, []),
        ]
    )
    func notApplied(properties: String, expected: [String]) throws {
        let result = Self.read(Self.widget(Self.metric + ", " + properties))
        guard case .metric(let widget)? = result.body?.widgets.first?.content else { return #expect(Bool(false)) }
        #expect(widget.notApplied == expected && result.faults.isEmpty)
    }

    @Test("a widget with a fault keeps its place, and the others are read")
    func goodWidgets() throws {
        let result = Self.read(
            """
            {"widgets": [
              {"type": "metric", "width": 12, "properties": {"region": "r", "title": "T", "metrics": [["A"]]}},
              {"type": "text", "width": 12, "properties": {"markdown": "m"}},
              {"type": "text", "properties": {"markdown": "n"}}
            ]}
            """
        )
        let widgets = try #require(result.body).widgets
        #expect(result.faults.count == 1)
        guard case .notDrawn(let reason) = widgets[0].content else { return #expect(Bool(false)) }
        #expect(reason.hasPrefix("properties.metrics[0]: has 1 name;") && widgets[0].title == "T")
        #expect(widgets[1].content == .text("m"))
        // Without x and y, widgets follow each other, and then begin a new row.
        #expect(widgets.map(\.place.x) == [0, 12, 0] && widgets.map(\.place.y) == [0, 0, 6])
    }

    @Test(
        "the first fault of a widget is its reason, and what follows from it is not reported",
        arguments: [
            (
                #""metrics": [["N", "A", {}, "x"], [".", "B"], ["...", {"stat": "p99"}], ["N", "C"], [".", "D"]]"#,
                "properties.metrics[0][2]: must be a string, not an object"
            ),
            (
                #""metrics": [["A"], [".", "B"]]"#,
                "properties.metrics[0]: has 1 name; allowed: a namespace, a metric's name, and then names and values of dimensions in pairs"
            ),
            (
                #""view": "gauge", "yAxis": {"left": {"min": 10, "max": 5}}, "metrics": [["A", "B"]]"#,
                "properties.yAxis.left.max: must be greater than min"
            ),
            (
                #""view": "gauge", "yAxis": {"left": {"min": "0", "max": 5}}, "metrics": [["A", "B"]]"#,
                "properties.yAxis.left.min: must be a number, not the string `0`"
            ),
        ]
    )
    func firstFault(properties: String, expected: String) throws {
        let result = Self.read(Self.widget(properties))
        #expect(result.faults.count == 1, "\(result.faults)")
        #expect(result.body?.widgets.first?.content == .notDrawn(expected))
    }

    @Test("an unknown key is reported, and the widget is drawn")
    func unknownKey() throws {
        let result = Self.read(Self.widget(Self.metric + ", \"colour\": 1"))
        guard case .metric? = try #require(result.body).widgets.first?.content else { return #expect(Bool(false)) }
        #expect(result.faults.count == 1)
    }

    @Test("rows repeat the fields of the row before them")
    func shorthand() throws {
        let rows = try Self.rows(
            """
            [["N", "A", "D", "d", "E", "e", {"id": "m1"}],
             [".", "B", ".", ".", ".", "f"],
             [{"expression": "m1*2", "label": "twice"}],
             ["...", "g"], ["...", {"stat": "p99", "color": "#d55e00", "yAxis": "right", "visible": false}],
             ["N", "C"], [".", "."]]
            """
        )
        let metrics = rows.map { row in if case .metric(let metric) = row.source { metric.description } else { "" } }
        #expect(
            metrics == [
                "N A D=d E=e", "N B D=d E=f", "", "N B D=d E=g", "N B D=d E=g", "N C", "N C",
            ]
        )
        #expect(rows[4].statistic == .percentile(99) && rows[4].side == .right && !rows[4].isVisible)
    }

    @Test("expressions that only CloudWatch can evaluate are kept with the reason")
    func unsupported() throws {
        let rows = try Self.rows(#"[[{"expression": "SELECT AVG(CPU) FROM SCHEMA(\"AWS/EC2\", InstanceId)"}]]"#)
        guard case .unsupported(let reason, _) = rows[0].source else { return #expect(Bool(false)) }
        #expect(reason.contains("Metrics Insights"))
    }

    @Test("forms that bodies of other projects have are read without a fault")
    func formsInUse() throws {
        let bodies = [
            // An expression before its metrics, hidden rows, and a gauge whose value is on the right axis.
            Self.widget(
                """
                "view": "gauge", "setPeriodToTimeRange": true, "sparkline": false, "trend": false, "stat": "Sum",
                "yAxis": {"right": {"max": 100}, "left": {"min": 0, "max": 100}},
                "metrics": [[{"expression": "100 - 100 * e / MAX([e, i])", "label": "Success", "yAxis": "right"}],
                  ["N", "Errors", {"id": "e", "visible": false, "region": "eu-west-2"}],
                  [".", "Invocations", {"id": "i", "visible": false}]]
                """
            ),
            // Searches in functions, with a number, and rendering properties beside an expression.
            Self.widget(
                """
                "liveData": true, "legend": {"position": "bottom"}, "timezone": "Local", "start": "-P0DT3H0M0S", "end": "P0D",
                "metrics": [[{"expression": "FILL(SEARCH('{A/B,L,T} MetricName=\\"5XX\\"', 'p99', 60)*1000, 0)",
                  "id": "x", "period": 60, "stat": "p99", "color": "#d62728"}],
                  [{"expression": "SUM(SEARCH('{A/B,L} 4XX', 'Sum', 60)) - SUM(x)"}]]
                """
            ),
            Self.widget(#""metrics": [["N", "A", {"id": "m1"}], [{"expression": "ANOMALY_DETECTION_BAND(m1, 2)"}]]"#),
            Self.widget(#""insightRule": {"maxContributorCount": 10, "orderBy": "Sum", "ruleName": "r"}"#),
            #"{"widgets": [{"type": "custom", "properties": {"endpoint": "e", "title": "t", "updateOn": {}}}]}"#,
            #"{"widgets": [{"type": "log", "properties": {"query": "q", "region": "r", "stacked": false, "view": "pie"}}]}"#,
            #"{"widgets": [{"type": "explorer", "properties": {"metrics": [], "labels": []}}]}"#,
            #"{"widgets": [{"type": "chart", "properties": {"data": {"queries": []}, "region": "r"}}]}"#,
            // The Region of an alarm is in its ARN.
            #"{"widgets": [{"type": "metric", "properties": {"annotations": {"alarms": ["arn:aws:cloudwatch:r:1:alarm:a"]}}}]}"#,
            #"{"widgets": [{"type": "text", "x": 0, "y": 2000000, "properties": {"markdown": "m"}}]}"#,
            Self.widget(#""metrics": [["N", "A", {"id": "m1"}], ["N", "A", {"id": "m1"}]]"#),
            Self.widget(#""metrics": [[{"expression": "SEARCH('{A,B} AND :aws.AccountId=LOCAL', 'Sum', 60)"}]]"#),
        ]
        for text in bodies {
            let result = Self.read(text)
            #expect(result.faults.isEmpty && result.body?.widgets.count == 1, "\(text) \(result.faults)")
        }
    }

    @Test("the time range is relative or absolute")
    func range() throws {
        let at = Timestamp(year: 2026, month: 11, day: 24, hour: 12)
        for (start, seconds) in [
            ("-PT30M", 1800), ("-PT6H", 21_600), ("-P2D", 172_800), ("-P1W", 604_800), ("-P3M", 7_776_000),
        ] {
            let body = try #require(Self.read("{\"start\": \"\(start)\", \"widgets\": []}").body)
            #expect(body.range(at: at) == at - seconds..<at, "\(start)")
        }
        let body = try #require(
            Self.read(#"{"start": "2026-11-24T10:00:00Z", "end": "2026-11-24T11:00:00Z", "widgets": []}"#).body
        )
        #expect(body.range(at: at) == at - 7200..<at - 3600)
        #expect(try #require(Self.read(#"{"widgets": []}"#).body).range(at: at) == nil)
    }

    @Test("alarms are named without the values of their ARNs, and with them")
    func alarmNames() throws {
        for account in ["${AccountId}", "${AWS::AccountId}", "111122223333"] {
            let result = Self.read(
                """
                {"widgets": [{"type": "alarm", "properties": {"states": ["ALARM"], "sortBy": "timestamp",
                  "alarms": ["arn:aws:cloudwatch:${Region}:\(account):alarm:a:b c"]}}]}
                """
            )
            #expect(result.faults.isEmpty, "\(result.faults)")
            let expected = AlarmWidget(names: ["a:b c"], order: .byTime, states: [.alarm])
            #expect(result.body?.widgets.first?.content == .alarm(expected))
        }
    }

    @Test("the reader reports or ignores a value of any type in any place")
    func mutations() throws {
        let text = try #require(EmbeddedFile.all(in: "dashboards").first).text
        let content = try JSONValue(parsing: text)
        let others: [JSONValue] = [nil, true, -1, 1e300, "", "\u{202e}x\u{1b}[2J", [], [[]], [:], ["a": [1]]]
        var count = 0
        for index in 0..<Self.size(content) {
            for other in others {
                var position = index
                let changed = Self.replacing(content, &position, by: other).text(indented: true)
                let lines = changed.utf8.count { $0 == UInt8(ascii: "\n") } + 1
                let result = DashboardBody.read(json: changed, file: "d.json")
                count += result.faults.count
                for fault in result.faults {
                    let line = try #require(fault.file.split(separator: ":").last.flatMap { Int($0) }, "\(fault)")
                    #expect((1...lines).contains(line), "\(fault)")
                }
            }
        }
        #expect(count > 1000)
    }

    private static func size(_ value: JSONValue) -> Int {
        1 + (value.array ?? []).reduce(0) { $0 + size($1) } + (value.members ?? []).reduce(0) { $0 + size($1.value) }
    }

    /// Returns the value with the one at a position, counted in the order of the text, replaced.
    private static func replacing(_ value: JSONValue, _ position: inout Int, by other: JSONValue) -> JSONValue {
        position -= 1
        if position == -1 { return other }
        switch value {
        case .array(let values): return .array(values.map { replacing($0, &position, by: other) })
        case .object(let members):
            return .object(members.map { .init($0.key, replacing($0.value, &position, by: other)) })
        default: return value
        }
    }
}
