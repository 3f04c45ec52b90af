import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite struct DashboardBuilderTests {
    private static let start = PurserFixture.start
    private static let range = start..<start + 600

    /// Returns a reader of ten minutes: calls of two models with a gap, failures, and durations.
    private static func reader(_ folder: TemporaryFolder) throws -> MetricReader {
        let store = try folder.store()
        try PurserFixture.record([4, 2, nil, 6, 8], of: "Invocations", from: start, in: store)
        try PurserFixture.record([1, nil, nil, 3, nil], of: "Errors", from: start, in: store)
        try PurserFixture.record([0.5, 1.5, nil, 2.5], of: "Latency", unit: .seconds, from: start, in: store)
        for (model, values) in [("a", [1.0, 2]), ("b", [10, 20])] {
            let metric = Metric(namespace: "Shop", name: "Orders", dimensions: [Dimension("Model", model)])
            let points = try values.enumerated().map { index, value in
                let slot = Slot(start: start + index * 60, distribution: try #require(Distribution(value: value)))
                return Flush.Point(series: Series(metric, unit: .count), slot: slot)
            }
            #expect(try store.record(Flush(writer: model, sequence: 1, points: points)))
        }
        return MetricReader(store: store, quota: nil)
    }

    private static func panel(
        _ properties: String,
        _ reader: MetricReader,
        range: Range<Timestamp> = range,
        alarms: [AlarmDefinition] = [],
        more: String = ""
    ) throws -> DashboardFrame.Content {
        let text = """
            {\(more)"widgets": [{"type": "metric", "properties": {"region": "r", "period": 60, \(properties)}}]}
            """
        let read = DashboardBody.read(json: text, file: "d.json")
        #expect(read.faults.isEmpty, "\(read.faults)")
        let body = try #require(read.body)
        return try DashboardBuilder(reader: reader, alarms: alarms)
            .frame(body, name: "d", range: range, at: range.upperBound).widgets[0].content
    }

    private static func series(_ properties: String, _ reader: MetricReader, range: Range<Timestamp> = range) throws
        -> [DashboardFrame.Series]
    {
        guard case .metric(let panel) = try panel(properties, reader, range: range) else { return [] }
        return panel.series
    }

    @Test("series have a value for each period, and none where there is no data")
    func values() throws {
        let folder = try TemporaryFolder()
        let series = try Self.series(
            #""stat": "Sum", "metrics": [["ChatService", "Invocations"]]"#,
            Self.reader(folder)
        )
        #expect(series.count == 1 && series[0].measure == .unit(.count) && series[0].label == "Invocations")
        #expect(series[0].values == [4, 2, nil, 6, 8, nil, nil, nil, nil, nil])
        #expect(series[0].start == Self.start && series[0].newest == 8 && !series[0].isPartial)
    }

    @Test("expressions may stand before what they use, and their values are those of a calculation by hand")
    func expressions() throws {
        let folder = try TemporaryFolder()
        let series = try Self.series(
            """
            "stat": "Sum", "metrics": [
              [{"expression": "e2*2", "id": "e1", "label": "twice"}],
              [{"expression": "100*e/i", "id": "e2"}],
              ["ChatService", "Errors", {"id": "e", "visible": false}],
              [".", "Invocations", {"id": "i", "visible": false}]
            ]
            """,
            Self.reader(folder)
        )
        // A metric without datapoints counts as 0 where the other has some.
        #expect(series.map(\.label) == ["twice", "100*e/i"])
        #expect(Array(series[1].values.prefix(5)) == [25, 0, nil, 50, 0])
        #expect(Array(series[0].values.prefix(5)) == [50, 0, nil, 100, 0])
        #expect(series[1].measure == .unit(.percent))
    }

    @Test("a search has a series for each match, and functions use all of them")
    func search() throws {
        let folder = try TemporaryFolder()
        let reader = try Self.reader(folder)
        let search = #"SEARCH('{Shop,Model} MetricName=\"Orders\"', 'Sum', 60)"#
        let series = try Self.series(
            """
            "metrics": [[{"expression": "\(search)"}], [{"expression": "SUM(\(search))", "label": "all"}],
              [{"expression": "\(search)", "label": "${PROP('Dim.Model')} of ${PROP('MetricName')}"}],
              [{"expression": "FILL(\(search), 0)"}]]
            """,
            reader
        )
        #expect(series.map(\.label) == ["a", "b", "all", "a of Orders", "b of Orders", "a", "b"])
        #expect(
            series.map { Array($0.values.prefix(3)) } == [
                [1, 2, nil], [10, 20, nil], [11, 22, nil], [1, 2, nil], [10, 20, nil], [1, 2, 0], [10, 20, 0],
            ]
        )
        #expect(series.allSatisfy { $0.measure == .unit(.count) })
        let none = try Self.panel(
            #""metrics": [[{"expression": "SEARCH('nothing', 'Sum')"}]]"#,
            reader
        )
        guard case .metric(let panel) = none else { return #expect(Bool(false)) }
        #expect(panel.series.isEmpty && panel.notes.isEmpty)
    }

    @Test("GetMetricData answers searches with the same series")
    func metricData() throws {
        let folder = try TemporaryFolder()
        let json = """
            {"StartTime": "\(Self.start)", "EndTime": "\(Self.start + 120)", "ScanBy": "TimestampAscending",
             "MetricDataQueries": [
              {"Id": "s", "Expression": "SEARCH('{Shop,Model} Orders', 'Sum', 60)"},
              {"Id": "t", "Expression": "SUM(s)", "Label": "total"}]}
            """
        let results = try Self.reader(folder).answer(try MetricDataRequest(json: json, file: "r")).results
        #expect(results.map(\.label) == ["a", "b", "total"])
        #expect(results.map { $0.datapoints.map(\.value) } == [[1, 2], [10, 20], [11, 22]])
    }

    @Test("a widget of the whole range has one value, of the samples in the range and no others")
    func wholeRange() throws {
        let folder = try TemporaryFolder()
        let reader = try Self.reader(folder)
        let range = Self.start + 60..<Self.start + 240
        let series = try Self.series(
            #""view": "singleValue", "setPeriodToTimeRange": true, "stat": "Sum", "metrics": [["ChatService", "Invocations"]]"#,
            reader,
            range: range
        )
        #expect(series.map(\.values) == [[8]])
    }

    @Test("the last period is marked if it ends after the range")
    func partial() throws {
        let folder = try TemporaryFolder()
        let range = Self.start..<Self.start + 250
        let series = try Self.series(
            #""stat": "Sum", "metrics": [["ChatService", "Invocations"]]"#,
            Self.reader(folder),
            range: range
        )
        #expect(series[0].isPartial && series[0].values == [4, 2, nil, 6, 8] && series[0].newest == 6)
    }

    @Test("long ranges have longer periods unless the body insists")
    func periods() throws {
        let folder = try TemporaryFolder()
        let reader = try Self.reader(folder)
        let range = Self.start - 7 * 86_400..<Self.start
        let text = #""metrics": [["ChatService", "Invocations"]]"#
        for (more, period) in [
            ("", 900), (#""periodOverride": "inherit", "#, 60), (#""periodOverride": "auto", "#, 900),
        ] {
            guard case .metric(let panel) = try Self.panel(text, reader, range: range, more: more) else {
                Issue.record("it is not drawn: \(more)")
                continue
            }
            #expect(panel.series[0].period == period, "\(more)")
        }
    }

    @Test("a frame has a limit of datapoints, and the widgets beyond it are named")
    func limit() throws {
        let folder = try TemporaryFolder()
        let reader = try Self.reader(folder)
        let row = #"["ChatService", "Invocations"]"#
        let rows = #""metrics": ["# + Array(repeating: row, count: 100).joined(separator: ",") + "]"
        let range = Self.start - 10 * 86_400..<Self.start
        let widget = #"{"type": "metric", "properties": {"region": "r", "period": 60, \#(rows)}}"#
        let text =
            #"{"periodOverride": "inherit", "widgets": [\#(widget), {"type": "text", "properties": {"markdown": "m"}}]}"#
        let body = try #require(DashboardBody.read(json: text, file: "d.json").body)
        let frame = try DashboardBuilder(reader: reader, alarms: [])
            .frame(body, name: "d", range: range, at: Self.start)
        guard case .notDrawn(let reason) = frame.widgets[0].content else {
            Issue.record("it is drawn")
            return
        }
        #expect(reason.contains("more than 1008000 datapoints") && frame.widgets[1].content == .text("m"), "\(reason)")
    }

    @Test("the courses of one graph have the longest period of its rows, and other views have their own")
    func onePeriod() throws {
        let folder = try TemporaryFolder()
        let reader = try Self.reader(folder)
        let rows =
            #""metrics": [["ChatService", "Invocations", {"period": 60}], [".", "Errors", {"period": 3600}]]"#
        for (view, periods) in [("timeSeries", [3600, 3600]), ("singleValue", [60, 3600])] {
            let content = try Self.panel(rows + ", \"view\": \"\(view)\"", reader)
            guard case .metric(let panel) = content else {
                Issue.record("\(view) is not drawn")
                continue
            }
            #expect(panel.series.map(\.period) == periods, "\(view)")
        }
    }

    @Test("rows that cannot be drawn are named with the reason, and so are those that use them")
    func notDrawn() throws {
        let folder = try TemporaryFolder()
        let reader = try Self.reader(folder)
        let content = try Self.panel(
            """
            "metrics": [["ChatService", "Invocations", {"id": "m"}],
              [{"expression": "SELECT SUM(x) FROM y", "id": "q", "label": "Q"}], [{"expression": "q+m", "label": "S"}],
              [{"expression": "SUM(m)", "label": "N"}], [{"expression": "c2", "id": "c1"}], [{"expression": "c1", "id": "c2"}]]
            """,
            reader
        )
        guard case .metric(let panel) = content else { return #expect(Bool(false)) }
        #expect(panel.series.map(\.id) == ["m"])
        #expect(panel.notes.count == 5 && panel.notes.contains("S: it uses q, which is not drawn"), "\(panel.notes)")
        #expect(panel.notes.contains { $0.hasPrefix("N: gives one number; TIME_SERIES") })
        #expect(panel.notes.contains("c1: it depends on itself"))
        let only = try Self.panel(#""metrics": [[{"expression": "SELECT SUM(x) FROM y"}]]"#, reader)
        guard case .notDrawn(let reason) = only else { return #expect(Bool(false)) }
        #expect(reason.contains("Metrics Insights"))
    }

    @Test("a widget of an alarm draws its metric and its threshold")
    func alarm() throws {
        let folder = try TemporaryFolder()
        let reader = try Self.reader(folder)
        let alarm = try PurserFixture.alarm("server-errors", threshold: 3)
        let annotation = #""annotations": {"alarms": ["arn:aws:cloudwatch:r:111122223333:alarm:server-errors"]}"#
        guard case .metric(let panel) = try Self.panel(annotation, reader, alarms: [alarm]) else {
            return #expect(Bool(false))
        }
        #expect(panel.widget.thresholds.map(\.value) == [3] && panel.series.map(\.label) == ["ServerErrors"])
        guard case .notDrawn(let reason) = try Self.panel(annotation, reader) else { return #expect(Bool(false)) }
        #expect(reason == "no alarm file has the alarm server-errors")
    }

    @Test("alarm widgets show states in their order, and alarms that no file has")
    func alarmStates() throws {
        let folder = try TemporaryFolder()
        let reader = try Self.reader(folder)
        let body = DashboardBody(
            widgets: [
                DashboardWidget(
                    type: "alarm",
                    place: GridPlace(x: 0, y: 0, width: 6, height: 6),
                    content: .alarm(AlarmWidget(names: ["x", "server-errors"], order: .byState, states: []))
                )
            ]
        )
        let frame = try DashboardBuilder(reader: reader, alarms: [PurserFixture.alarm()])
            .frame(body, name: "d", range: Self.range, at: Self.range.upperBound)
        guard case .alarms(let alarms) = frame.widgets[0].content else { return #expect(Bool(false)) }
        #expect(alarms.map(\.name) == ["server-errors", "x"] && alarms.map(\.state) == [.insufficientData, nil])
    }

    @Test("a namespace's body has a widget for each metric, and counts have their sum and their rate")
    func namespace() throws {
        let folder = try TemporaryFolder()
        let reader = try Self.reader(folder)
        let body = DashboardBody.namespace("Shop", series: try reader.series())
        let frame = try DashboardBuilder(reader: reader, alarms: []).frame(
            body,
            name: "Shop",
            range: Self.range,
            at: Self.start
        )
        #expect(frame.widgets.map(\.title) == ["Orders Sum", "Orders per second"])
        guard case .metric(let sums) = frame.widgets[0].content, case .metric(let rates) = frame.widgets[1].content
        else {
            return #expect(Bool(false))
        }
        #expect(sums.series.map(\.label) == ["a", "b"] && sums.series[1].values[1] == 20)
        #expect(rates.series.map(\.label) == ["a", "b"] && rates.series[1].values[1] == 20.0 / 60)
        let other = DashboardBody.namespace("ChatService", series: try reader.series())
        #expect(
            other.widgets.map(\.title) == [
                "Errors Sum", "Errors per second", "Invocations Sum", "Invocations per second", "Latency",
            ]
        )
        guard case .metric(let latency) = other.widgets[4].content else { return #expect(Bool(false)) }
        #expect(latency.rows.compactMap(\.statistic) == [.average, .percentile(50), .percentile(90), .percentile(99)])
    }
}
