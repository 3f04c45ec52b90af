import Foundation
import PurserCore
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
        #expect(list.status == 64 && list.errors.contains("--list has the formats text and json"))
        let line = try purser.run("dash", "--oneline", "--format", "html")
        #expect(line.status == 64 && line.errors.contains("--format html goes with neither --oneline nor --heatmap"))
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
        #expect(json["schema"] == "purser.dash/1")
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
}
