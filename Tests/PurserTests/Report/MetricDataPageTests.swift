import PurserStore
import TestSupport
import Testing

@testable import Purser
@testable import PurserCore

@Suite struct MetricDataPageTests {
    typealias Tests = MetricDataTests

    static let queries = [
        Tests.query("none", "Nothing"), Tests.query("m", "Invocations", period: 60),
        Tests.query("hidden", "Invocations", more: #","ReturnData":false"#), Tests.query("e", "Errors"),
        #"{"Id":"r","Expression":"100*e/m"}"#, Tests.query("last", "Nothing"),
    ]

    /// Returns all pages of a request, each as its results.
    static func pages(_ reader: MetricReader, _ request: MetricDataRequest) throws -> [[MetricDataResult]] {
        var request = request
        var pages: [[MetricDataResult]] = []
        repeat {
            let answer = try reader.answer(request)
            pages.append(answer.results)
            request.nextToken = answer.nextToken
        } while request.nextToken != nil && pages.count < 100
        return pages
    }

    @Test("together, the pages are the whole result in order, whatever their size", arguments: [true, false])
    func together(isAscending: Bool) throws {
        let folder = try TemporaryFolder()
        let reader = try Tests.reader(folder)
        let scan = isAscending ? "TimestampAscending" : "TimestampDescending"
        var request = try Tests.request(from: 0, to: 180, Self.queries, scan: scan)
        let whole = try reader.answer(request)
        #expect(whole.nextToken == nil && whole.results.allSatisfy(\.isComplete))
        let total = whole.results.map(\.datapoints.count).reduce(0, +)
        #expect(total == 7)
        for size in 1...total + 1 {
            request.mostDatapoints = size
            let pages = try Self.pages(reader, request)
            #expect(pages.count == (total + size - 1) / size, "pages of \(size)")
            for (index, page) in pages.enumerated() {
                let count = page.map(\.datapoints.count).reduce(0, +)
                #expect(index == pages.count - 1 ? count <= size : count == size, "page \(index) of \(size)")
                // Only the last query of a page may be incomplete.
                #expect(!page.dropLast().contains { !$0.isComplete })
                for result in page {
                    #expect(result.statusCode == (result.isComplete ? "Complete" : "PartialData"))
                }
            }
            var joined: [MetricDataResult] = []
            for part in pages.flatMap(\.self) {
                if let index = joined.firstIndex(where: { $0.id == part.id }) {
                    #expect(!joined[index].isComplete)
                    joined[index].datapoints += part.datapoints
                    joined[index].isComplete = part.isComplete
                } else {
                    joined.append(part)
                }
            }
            #expect(joined == whole.results, "pages of \(size)")
        }
    }

    @Test("datapoints that arrive between two pages cause no duplicates and no gaps")
    func between() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([1, nil, 3, nil, 5], of: "Invocations", in: store)
        let reader = MetricReader(store: store, quota: nil)
        var request = try Tests.request(
            from: 0,
            to: 600,
            [Tests.query("m", "Invocations")],
            scan: "TimestampDescending"
        )
        request.mostDatapoints = 1
        let first = try reader.answer(request)
        #expect(first.results.map(\.statusCode) == ["PartialData"])
        // A newer datapoint, one just before the next page, and one within it.
        try PurserFixture.record([2, nil, 4, nil, 6], of: "Invocations", from: Tests.start + 60, in: store)
        request.nextToken = first.nextToken
        request.mostDatapoints = 10
        let second = try reader.answer(request)
        #expect(second.results.map { $0.datapoints.map(\.value) } == [[3, 2, 1]])
        #expect(second.nextToken == nil)
    }

    @Test("a token from another request, or text that is not a token, is refused")
    func tokens() throws {
        let folder = try TemporaryFolder()
        let reader = try Tests.reader(folder)
        var request = try Tests.request(from: 0, to: 180, Self.queries)
        request.mostDatapoints = 2
        let token = try #require(try reader.answer(request).nextToken)
        request.nextToken = token
        request.mostDatapoints = 3
        #expect(try reader.answer(request).results.first?.id == "m")
        var others = [
            try Tests.request(from: 0, to: 181, Self.queries), try Tests.request(from: -1, to: 180, Self.queries),
            try Tests.request(from: 0, to: 180, Self.queries, scan: "TimestampDescending"),
            try Tests.request(from: 0, to: 180, Self.queries.dropLast()),
            try Tests.request(from: 0, to: 180, [Tests.query("m", "Invocations", stat: "tm90")]),
        ]
        for index in others.indices { others[index].nextToken = token }
        for text in ["", "next", token + "0", token.uppercased() + " ", "0.0.0", String(token.dropLast()) + "x"] {
            var other = request
            other.nextToken = text
            others.append(other)
        }
        for other in others {
            let fault = #expect(throws: Diagnostics.self) { try reader.answer(other) }
            #expect(fault?.all.map(\.key) == ["NextToken"], "\(other.nextToken ?? "")")
        }
    }

    @Test(
        "MaxDatapoints, NextToken and LabelOptions are checked",
        arguments: [
            (#""MaxDatapoints":0"#, "MaxDatapoints"), (#""MaxDatapoints":100801"#, "MaxDatapoints"),
            (#""MaxDatapoints":"5""#, "MaxDatapoints"), (#""MaxDatapoints":1.5"#, "MaxDatapoints"),
            (#""NextToken":5"#, "NextToken"), (#""ScanBy":1"#, "ScanBy"), (#""LabelOptions":"+0000""#, "LabelOptions"),
            (#""LabelOptions":{"Zone":"+0000"}"#, "LabelOptions.Zone"),
            (#""LabelOptions":{"Timezone":"0130"}"#, "LabelOptions.Timezone"),
            (#""LabelOptions":{"Timezone":"+2400"}"#, "LabelOptions.Timezone"),
            (#""LabelOptions":{"Timezone":"+0160"}"#, "LabelOptions.Timezone"),
            (#""LabelOptions":{"Timezone":"Europe/Berlin"}"#, "LabelOptions.Timezone"),
            (#""MaxDatapoints":100800"#, nil), (#""MaxDatapoints":1"#, nil),
            (#""LabelOptions":{"Timezone":"-0930"}"#, nil), (#""LabelOptions":{}"#, nil),
        ] as [(String, String?)]
    )
    func reading(member: String, key: String?) {
        let json = #"{"StartTime":0,"EndTime":60,\#(member),"MetricDataQueries":[\#(Tests.query("m", "Invocations"))]}"#
        var found: [String?] = []
        do {
            _ = try MetricDataRequest(json: json, file: "r.json")
        } catch {
            found = (error as? Diagnostics)?.all.map(\.key) ?? ["?"]
        }
        #expect(found == (key.map { [$0] } ?? []))
    }
}

@Suite struct MetricDataLabelTests {
    static let query = MetricDataRequest.Query(
        id: "q",
        label: nil,
        source: .metric(
            MetricReference(Metric(namespace: "N/S", name: "Latency", dimensions: [.init("Model Id", "nova=1")])),
            .trimmedMean(.lowest(percent: 90)),
            period: 300
        ),
        returnsData: true
    )

    static let points = [3.0, 0.25, 8, 1.5].enumerated().map { index, value in
        Datapoint(timestamp: Timestamp(seconds: Int64(index) * 300), value: value)
    }

    @Test(
        "each field is replaced by its value",
        arguments: [
            ("plain", "plain"), ("", ""), ("${LABEL}", "Latency"), ("${MAX}", "8"), ("${MIN}", "0.25"),
            ("${AVG}", "3.1875"), ("${SUM}", "12.75"), ("${LAST}", "1.5"), ("${DATAPOINT_COUNT}", "4"),
            ("${PROP('MetricName')}/${PROP('Namespace')}", "Latency/N/S"), ("${PROP('Stat')}", "tm90"),
            ("${PROP('Period')}s", "300s"), ("[${PROP('Dim.Model Id')}]", "[nova=1]"), ("${PROP('Dim.Other')}", "--"),
            ("$ {} a${LABEL}b$${MAX}}", "$ {} aLatencyb$8}"),
        ]
    )
    func fields(label: String, expected: String) throws {
        #expect(try MetricDataLabel(label).text(of: Self.query, Self.points) == expected)
        // The order of the datapoints changes nothing.
        #expect(try MetricDataLabel(label).text(of: Self.query, Self.points.reversed()) == expected)
    }

    @Test("without datapoints statistics have no value, and an expression has no properties")
    func nothing() throws {
        let label = try MetricDataLabel("${MAX} ${MIN} ${AVG} ${SUM} ${LAST} ${DATAPOINT_COUNT} ${LABEL}")
        #expect(label.text(of: Self.query, []) == "-- -- -- -- -- 0 Latency")
        let expression = MetricDataRequest.Query(
            id: "e1",
            label: nil,
            source: .expression(try MetricMathExpression.parse("1+m")),
            returnsData: true
        )
        let properties = try MetricDataLabel("${LABEL} ${PROP('Stat')} ${SUM}")
        #expect(properties.text(of: expression, Self.points) == "e1 -- 12.75")
    }

    @Test(
        "an unknown field is refused by name",
        arguments: [
            ("${max}", "${max}"), ("a ${MEDIAN} b", "${MEDIAN}"), ("${MAX", "${MAX"), ("${}", "${}"),
            ("${PROP('Unit')}", "${PROP('Unit')}"), ("${PROP('Dim.')}", "${PROP('Dim.')}"),
            ("${PROP(Stat)}", "${PROP(Stat)}"), ("${PROP('')}", "${PROP('')}"), ("${PROP(')}", "${PROP(')}"),
        ]
    )
    func unknown(label: String, field: String) throws {
        let error = #expect(throws: MetricDataLabel.UnknownField.self) { try MetricDataLabel(label) }
        #expect(error?.text == field)
        let query = MetricDataTests.query("m", "Invocations", more: #","Label":"\#(label)""#)
        let fault = #expect(throws: Diagnostics.self) { try MetricDataTests.request(from: 0, to: 60, [query]) }
        #expect(fault?.all.map(\.key) == ["MetricDataQueries[0].Label"])
        #expect(fault?.description.contains("`\(field)`") == true)
    }

    @Test("a label covers all datapoints, whatever page it is on")
    func pages() throws {
        let folder = try TemporaryFolder()
        let reader = try MetricDataTests.reader(folder)
        let query = MetricDataTests.query(
            "m",
            "Invocations",
            more: #","Label":"${LAST} of ${SUM}, ${DATAPOINT_COUNT}""#
        )
        var request = try MetricDataTests.request(from: 0, to: 180, [query])
        request.mostDatapoints = 1
        let labels = try MetricDataPageTests.pages(reader, request).flatMap { $0.map(\.label) }
        #expect(labels == Array(repeating: "5 of 12, 3", count: 3))
    }
}
