import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

@Suite(.blocking, .startsPrograms) struct DashboardCommandTests {
    private static let at = "2026-11-24T11:30:00Z"

    private static func purser(_ folder: TemporaryFolder, _ environment: [String: String] = [:]) throws -> PurserProgram
    {
        try Demonstrations.json.copy(to: folder)
        return PurserProgram(store: folder.path("purser.db"), environment: environment)
    }

    private static func write(_ text: String, _ name: String, in folder: TemporaryFolder) throws -> String {
        let boards = folder.path("boards")
        try FileManager.default.createDirectory(atPath: boards, withIntermediateDirectories: true)
        try text.write(toFile: boards + "/" + name + ".json", atomically: true, encoding: .utf8)
        return boards
    }

    @Test("the shipped dashboard is listed, drawn, and written as it is")
    func shipped() throws {
        let folder = try TemporaryFolder()
        let purser = try Self.purser(folder)
        #expect(try purser.run("dash", "--list").output == "chat\n")
        let drawn = try purser.run("dash", "chat", "--at", Self.at, "--width", "100")
        #expect(drawn.status == 0 && drawn.errors.isEmpty, "\(drawn)")
        for words in [
            "X ALARM   chat-errors", "p50  p90  p99  - - alarm latency-p99 10.0s", "Tokens", "- - budget $25.00",
        ] {
            #expect(drawn.output.contains(words), "\(words)")
        }
        #expect(!drawn.output.contains("is not drawn"))
        // On-call comes first and last, as in the chat service's own frame.
        let own = try purser.run("dash", "--at", Self.at, "--width", "100").output.split(separator: "\n")
        let lines = drawn.output.split(separator: "\n")
        let alarms = try #require(own.firstIndex { $0.hasPrefix("SIGNAL") })
        #expect(lines.count > alarms && lines[1..<alarms] == own[1..<alarms] && lines.last == own.last)
        let json = try purser.run("dash", "chat", "--at", Self.at, "--format", "json")
        let frame = try purser.run("dash", "--at", Self.at, "--format", "json")
        let (values, ownValues) = (try JSONValue(parsing: json.output), try JSONValue(parsing: frame.output))
        #expect(values["verdict"] == ownValues["verdict"] && values["alarms"] == ownValues["alarms"])
        #expect(values["verdict"]?["headline"] == "ALARM")
        let exported = try purser.run("dash", "chat", "--export")
        #expect(exported.output == (try Repository.text("dashboards/chat.json")))
        #expect(
            try purser.run("dash", "chat", "--at", Self.at, "--layout", "grid", "--symbols", "ascii").output.utf8
                .allSatisfy { $0 < 0x7f }
        )
    }

    @Test("--format html writes a page of the frame, of a dashboard and of a namespace")
    func html() throws {
        let folder = try TemporaryFolder()
        let purser = try Self.purser(folder)
        let pages = [["dash"], ["dash", "chat", "--layout", "grid"], ["dash", "--namespace", "ChatService"]]
        for arguments in pages {
            let page = try purser.run(arguments + ["--at", Self.at, "--since", "1h", "--format", "html"])
            #expect(page.status == 0 && page.errors.isEmpty, "\(page.errors)")
            #expect(page.output.hasPrefix("<!DOCTYPE html>") && page.output.hasSuffix("</html>\n"))
            #expect(page.output.contains("X ALARM") || arguments.contains("--namespace"))
        }
        let frame = ["dash", "--at", Self.at, "--format", "html"]
        let page = try purser.run(frame)
        #expect(page.output.contains("<h2 id=\"cost\">"))
        #expect(
            try purser.run(frame + ["--width", "60", "--symbols", "ascii", "--color", "always"]).output == page.output
        )
        #expect(!(try purser.run(frame + ["--compact"]).output.contains("<h2 id=\"cost\">")))
        let list = try purser.run("dash", "--list", "--format", "html")
        #expect(list.status == 64 && list.errors.contains("--format html goes with the frame of the chat service"))
        let line = try purser.run("dash", "--oneline", "--format", "html")
        #expect(line.status == 64 && line.errors.contains("cannot be combined with --format html"))
        let cost = try purser.run("cost", "--format", "html")
        #expect(cost.status == 64 && cost.errors.contains("text") && cost.errors.contains("json"))
    }

    @Test("a template of CloudFormation has the body with CloudFormation's own names")
    func cloudFormation() throws {
        let folder = try TemporaryFolder()
        let text =
            #"{"widgets": [{"type": "text", "properties": {"markdown": "${Region} ${Stage} ${AWS::StackName} ${a.b}"}}, {"type": "metric", "properties": {"region": "${Region}", "metrics": [["A", "B", {"label": "${MAX} ${PROP('Stat')}"}]]}}]}"#
        let boards = try Self.write(text, "d", in: folder)
        let result = try Self.purser(folder).run(
            "dash",
            "d",
            "--dashboards",
            boards,
            "--export",
            "--to",
            "cloudformation"
        )
        let template = try JSONValue(parsing: result.output)
        let properties = try #require(template["Resources"]?["Dashboard"]?["Properties"])
        #expect(properties["DashboardName"] == "d" && template["Parameters"] == ["Stage": ["Type": "String"]])
        let body = try #require(properties["DashboardBody"]?["Fn::Sub"]?.string)
        #expect(
            body.contains("${AWS::Region} ${Stage} ${AWS::StackName} ${!a.b}")
                && body.contains("${!MAX} ${!PROP('Stat')}")
        )
        #expect(try JSONValue(parsing: body)["widgets"]?.array?.count == 2)
    }

    @Test("Grafana's panels have the places of the widgets, and queries of its data source")
    func grafana() throws {
        let folder = try TemporaryFolder()
        let purser = try Self.purser(folder)
        for source in ["prometheus", "cloudwatch"] {
            let result = try purser.run("dash", "chat", "--export", "--to", "grafana-" + source)
            let model = try JSONValue(parsing: result.output)
            let panels = try #require(model["panels"]?.array)
            let body = try JSONValue(parsing: try Repository.text("dashboards/chat.json"))
            let widgets = try #require(body["widgets"]?.array)
            #expect(panels.count == widgets.count && model["time"]?["from"] == "now-10800s")
            for (panel, widget) in zip(panels, widgets) {
                let place = panel["gridPos"]
                #expect(place?["x"] == widget["x"] && place?["w"] == widget["width"] && place?["h"] == widget["height"])
            }
            let latency = try #require(panels.first { $0["title"] == "Latency" })
            let targets = try #require(latency["targets"]?.array)
            #expect(targets.count == 3 && latency["datasource"] == ["type": .string(source), "uid": "${datasource}"])
            let failures = try #require(panels.first { $0["title"] == "Error rate in percent" }?["targets"]?.array)
            if source == "prometheus" {
                let bucket = #"increase(chat_service_latency_seconds_bucket{model_id=""}[300s])"#
                let quantile = "histogram_quantile(0.99, sum by (le) (\(bucket)))"
                #expect(targets[2]["expr"]?.string?.contains(quantile) == true, "\(targets)")
                #expect(failures.count == 1, "\(failures)")
                #expect(failures.first?["expr"]?.string?.contains("chat_service_errors_total") == true)
                #expect(result.errors.contains("a search has no equivalent in PromQL"), "\(result.errors)")
            } else {
                #expect(targets[2]["statistic"] == "p99" && targets[2]["namespace"] == "ChatService")
                #expect(failures.map { $0["hide"] } == [true, true, false])
                #expect(failures[2]["expression"] == "100*errors/invocations")
            }
        }
    }

    @Test("a fault is on stderr with its line, the good widgets are drawn, and the exit code is 3")
    func faults() throws {
        let folder = try TemporaryFolder()
        let text = """
            {"widgets": [
              {"type": "text", "properties": {"markdown": "Good"}},
              {"type": "metric", "properties": {"title": "Bad", "region": "r", "metrics": [["A"]]}}
            ]}
            """
        let boards = try Self.write(text, "d", in: folder)
        let result = try Self.purser(folder, ["PURSER_DASHBOARDS": boards]).run("dash", "d", "--at", Self.at)
        #expect(
            result.status == 3
                && result.errors.contains("boards/d.json:3: widgets[1].properties.metrics[0]: has 1 name")
        )
        #expect(
            result.output.contains("Good")
                && result.output.contains("metric widget Bad is not drawn: properties.metrics[0]")
        )
    }

    @Test("parameters fill in what a body leaves open")
    func parameters() throws {
        let folder = try TemporaryFolder()
        let text =
            #"{"widgets": [{"type": "metric", "properties": {"region": "${Region}", "metrics": [["ChatService", "${Name}"]]}}, {"type": "alarm", "properties": {"alarms": ["arn:aws:cloudwatch:r:a:alarm:error-rate"]}}]}"#
        let boards = try Self.write(text, "d", in: folder)
        let purser = try Self.purser(folder)
        let missing = try purser.run("dash", "d", "--dashboards", boards, "--at", Self.at)
        #expect(missing.status == 3 && missing.errors.contains("the parameter Name has no value"))
        for (arguments, environment) in [
            (["--parameter", "Name=Latency"], [:]), ([], ["PURSER_PARAMETER_NAME": "Latency"]),
        ] {
            let purser = try Self.purser(folder, environment)
            let result = try purser.run(["dash", "d", "--dashboards", boards, "--at", Self.at] + arguments)
            #expect(result.status == 0 && result.output.contains("Latency"), "\(result)")
        }
    }

    @Test("the range is that of the options, else of the body, else three hours")
    func range() throws {
        let folder = try TemporaryFolder()
        let boards = try Self.write(#"{"start": "-PT30M", "widgets": []}"#, "d", in: folder)
        let purser = try Self.purser(folder, ["PURSER_DASHBOARDS": boards])
        func range(_ arguments: String...) throws -> [String?] {
            let json = try JSONValue(parsing: try purser.run(["dash", "d", "--format", "json"] + arguments).output)
            return [json["from"]?.string, json["to"]?.string]
        }
        #expect(try range("--at", Self.at) == ["2026-11-24T11:00:00Z", Self.at])
        #expect(try range("--at", Self.at, "--since", "1h") == ["2026-11-24T10:30:00Z", Self.at])
        #expect(try range("--from", "2026-11-24T09:00:00Z", "--to", Self.at) == ["2026-11-24T09:00:00Z", Self.at])
    }

    @Test(
        "wrong usage is refused with what exists",
        arguments: [
            ("dash cat", "the dashboards are chat"), ("dash --namespace Cat", "the namespaces are ChatService"),
            ("dash --export", "--export needs the NAME"),
            ("dash chat --export --to 2026-11-24", "--to takes cloudformation"),
            ("dash chat --to cloudformation", "needs --export"), ("dash ../chat", "there is no dashboard"),
        ]
    )
    func usage(command: String, words: String) throws {
        let folder = try TemporaryFolder()
        let result = try Self.purser(folder).run(command.split(separator: " ").map(String.init))
        #expect(result.status == 64 && result.errors.contains(words), "\(result)")
    }

    @Test("a store without the chat service's metrics draws another namespace, and says so on one line")
    func otherNamespaces() throws {
        let folder = try TemporaryFolder()
        let purser = PurserProgram(store: folder.path("purser.db"))
        let minute = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970) * 1000).floored(toSeconds: 60) - 120
        let input = ["Bakery", "Mill"].map { namespace in
            #"{"Namespace":"\#(namespace)","MetricData":[{"MetricName":"Ovens","Value":9,"Timestamp":"\#(minute)"}]}"#
        }
        #expect(try purser.run("metrics", "put", input: input.joined(separator: "\n")).status == 0)
        let result = try purser.run("dash")
        #expect(
            result.output.contains("ChatService has no data in this store, which has other namespaces: Bakery, Mill")
        )
        #expect(result.output.contains("metrics list") && result.output.contains("Ovens"), "\(result.output)")
        let json = try JSONValue(parsing: try purser.run("dash", "--format", "json").output)
        #expect(json["otherNamespaces"]?["names"] == ["Bakery", "Mill"])
        #expect(json["otherNamespaces"]?["newest"]?["widgets"]?.array?.count == 1)
        let page = try purser.run("dash", "--format", "html").output
        #expect(page.contains("which has other namespaces: Bakery, Mill") && page.contains("Ovens"))
        #expect(try purser.run("dash", "--namespace", "Mill").output.hasPrefix("Mill "))
    }

    @Test("init writes the dashboards, from which the same is drawn")
    func initialized() throws {
        let folder = try TemporaryFolder()
        let purser = try Self.purser(folder)
        #expect(try purser.run("init", folder.path("conf")).output.contains("dashboards/chat.json"))
        let own = try purser.run("dash", "chat", "--at", Self.at, "--dashboards", folder.path("conf/dashboards"))
        #expect(own.output == (try purser.run("dash", "chat", "--at", Self.at).output) && own.status == 0)
    }

    @Test("what the limits leave out is counted, in text and JSON")
    func leftOut() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let at = Timestamp(year: 2026, month: 11, day: 24, hour: 11)
        let slot = Slot(start: at - 60, distribution: try #require(Distribution(value: 1)))
        let points = (0..<512).map { index in
            let metric = Metric(namespace: "N", name: "M", dimensions: [Dimension("Id", "\(index)")])
            return Flush.Point(series: Series(metric, unit: .count), slot: slot)
        }
        try #require(try store.record(Flush(writer: "w", sequence: 1, points: points)))
        let body =
            #"{"widgets": [{"type": "metric", "properties": {"region": "us-east-1", "metrics": [[{"expression": "#
            + #""SEARCH('{N,Id}', 'Sum')"}]]}}]}"#
        let boards = try Self.write(body, "many", in: folder)
        let purser = PurserProgram(store: folder.path("purser.db"), environment: ["PURSER_DASHBOARDS": boards])
        let moment = ["--at", "2026-11-24T11:00:00Z", "--since", "10m"]
        let search = try purser.run(["dash", "many"] + moment)
        #expect(
            search.output.replacing("\n", with: " ").contains("12 of 512 series of SEARCH"),
            "\(search.output.suffix(300))"
        )
        let json = try JSONValue(parsing: purser.run(["dash", "many", "--format", "json"] + moment).output)
        #expect(json["widgets"]?.array?.first?["seriesLeftOut"] == 12)
        let namespace = try purser.run(["dash", "--namespace", "N"] + moment)
        #expect(namespace.output.contains("492 of 512 series of M are left out"))
        let page = try purser.run(["dash", "--namespace", "N", "--format", "html"] + moment)
        #expect(page.output.contains("492 of 512 series of M are left out"))
        let all = try JSONValue(parsing: purser.run(["dash", "--namespace", "N", "--format", "json"] + moment).output)
        #expect(all["leftOut"]?["series"] == 492)
    }

    @Test(
        "options that would change nothing are refused, with what they go with",
        arguments: [
            (["chat", "--oneline"], "--oneline goes with the frame of the chat service, not with a NAME"),
            (["chat", "--heatmap"], "not with a NAME"), (["--namespace", "N", "--compact"], "not with --namespace"),
            (["--layout", "grid"], "--layout goes with a NAME and --namespace"),
            (["--list", "--since", "1h"], "not with --list"),
            (["chat", "--export", "--at", "10:52"], "not with --export"),
            (["--compact", "--heatmap"], "--compact cannot be combined with --heatmap"),
            (["--oneline", "--format", "json"], "--oneline cannot be combined with --format json"),
            (["--compact", "--format", "json"], "--compact cannot be combined with --format json"),
            (["--list", "--watch"], "not with --list"), (["--list", "x"], "--list takes no NAME"),
            (["chat", "--export", "--to", "foo"], "cloudformation, grafana-prometheus, grafana-cloudwatch"),
        ] as [([String], String)]
    )
    func forms(arguments: [String], words: String) throws {
        let folder = try TemporaryFolder()
        _ = try folder.store()
        let result = try PurserProgram(store: folder.path("purser.db")).run(["dash"] + arguments)
        #expect(result.status == 64 && result.errors.contains(words), "\(result)")
    }

    @Test(
        "an export of an invalid body fails, and names the place",
        arguments: [[], ["--to", "cloudformation"], ["--to", "grafana-cloudwatch"]]
    )
    func invalidExport(to: [String]) throws {
        let folder = try TemporaryFolder()
        let boards = try Self.write(
            #"{"widgets": [{"type": "metric", "properties": {"metrics": "none"}}]}"#,
            "bad",
            in: folder
        )
        let purser = PurserProgram(store: folder.path("purser.db"), environment: ["PURSER_DASHBOARDS": boards])
        let result = try purser.run(["dash", "bad", "--export"] + to)
        #expect(result.status == 3 && result.errors.contains("bad.json:1: widgets[0]"), "\(result)")
    }

    @Test("Grafana's dashboard has the body's absolute times, and a note about its variables")
    func grafanaTimes() throws {
        let folder = try TemporaryFolder()
        let body =
            #"{"start": "2026-11-23T09:00:00Z", "end": "2026-11-24T12:00:00Z", "widgets": [], "variables": "#
            + #"[{"type": "property", "property": "Team", "inputType": "input", "id": "team"}]}"#
        let boards = try Self.write(body, "fixed", in: folder)
        let purser = PurserProgram(store: folder.path("purser.db"), environment: ["PURSER_DASHBOARDS": boards])
        let result = try purser.run("dash", "fixed", "--export", "--to", "grafana-cloudwatch")
        let time = try JSONValue(parsing: result.output)["time"]
        #expect(time?["from"] == "2026-11-23T09:00:00Z" && time?["to"] == "2026-11-24T12:00:00Z", "\(result)")
        #expect(result.status == 0 && result.errors.contains("variables are not applied: team"), "\(result.errors)")
    }

    @Test("--list of an empty folder says where it looked")
    func emptyList() throws {
        let folder = try TemporaryFolder()
        let purser = PurserProgram(store: folder.path("purser.db"), environment: ["PURSER_DASHBOARDS": folder.path("")])
        let result = try purser.run("dash", "--list")
        #expect(
            result.status == 0 && result.output.isEmpty && result.errors.contains("no dashboards in \(folder.path(""))")
        )
    }

    @Test("global options before the command keep what follows -- as arguments")
    func terminator() throws {
        let folder = try TemporaryFolder()
        let purser = try Self.purser(folder)
        let result = try purser.run(["--store", folder.path("purser.db"), "dash", "--at", Self.at, "--", "chat"])
        #expect(result.status == 0 && result.output.contains("Tokens"), "\(result)")
    }

    @Test("the sentence about other namespaces is folded to the width")
    func folded() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let distribution = try #require(Distribution(value: 1))
        let start = Timestamp(year: 2026, month: 11, day: 24, hour: 11)
        let points = (0..<9).map { index in
            let metric = Metric(namespace: "A/Namespace/Number\(index)", name: "M")
            return Flush.Point(
                series: Series(metric, unit: .count),
                slot: Slot(start: start, distribution: distribution)
            )
        }
        _ = try store.record(Flush(writer: "w", sequence: 1, points: points))
        let result = try PurserProgram(store: folder.path("purser.db")).run(
            "dash",
            "--width",
            "60",
            "--at",
            "2026-11-24T11:02:00Z"
        )
        #expect(result.output.contains("A/Namespace/Number8"), "\(result)")
        #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 60 })
    }

    @Test("before the first data, the frame says when it begins, and the command that it names shows it")
    func beforeTheData() throws {
        let folder = try TemporaryFolder()
        let purser = try Self.purser(folder)
        let early = try purser.run("dash", "--at", "2026-11-01T00:00:00Z")
        #expect(early.output.contains("when it begins:") && !early.output.contains("purser demo"), "\(early.output)")
        let command = try #require(early.output.firstMatch(of: #/next: purser (dash --at \S+)/#))
        let shown = try purser.run(command.output.1.split(separator: " ").map(String.init))
        #expect(shown.output.contains("invocations"), "\(shown.output)")
        let json = try JSONValue(parsing: purser.run("dash", "--at", "2026-11-01T00:00:00Z", "--format", "json").output)
        let begins = try #require(json["laterDataFrom"]?.string.flatMap(Timestamp.init(iso8601:)))
        let first = try Store(path: folder.path("purser.db"), .existing).firstRequestTime()
        #expect(try abs(#require(first) - begins) < 600_000)
    }

    @Test("the demo that an empty store suggests fills that store")
    func suggestedDemo() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("it's new.db")
        _ = try Store(path: path, .creating)
        let purser = PurserProgram(store: folder.path("other.db"))
        let result = try purser.run("dash", "--store", path, "--width", "300")
        #expect(
            result.output.contains("next: purser --store '\(path.replacing("'", with: "'\\''"))' demo "),
            "\(result.output)"
        )
        let demo = try purser.run("demo", "--store", path, "--at", "2026-11-24T12:00:00Z")
        #expect(demo.status == 0, "\(demo.errors)")
        #expect(try purser.run("demo", "--store", path).status == 64)
    }
}
