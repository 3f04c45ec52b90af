import Testing

@testable import PurserCore

@Suite struct MetricSearchTests {
    @Test(
        "names are split as the user guide's table does",
        arguments: [
            ("CustomCount1", ["Custom", "Count", "1"]), ("SDBFailure", ["SDB", "Failure"]),
            ("Project2-trial333", ["Project", "2", "trial", "333"]), ("Network-Errors_2", ["Network", "Errors", "2"]),
            ("t2.micro", ["t", "2", "micro"]), ("", []), ("--", []), ("couNT", ["cou", "NT"]),
            ("us.amazon.nova-lite-v1:0", ["us", "amazon", "nova", "lite", "v", "1", "0"]),
        ] as [(String, [String])]
    )
    func tokens(name: String, parts: [String]) {
        #expect(SearchTokens(name).parts == parts)
    }

    private static let metrics = [
        Metric(namespace: "AWS/EC2", name: "CPUUtilization", dimensions: [Dimension("InstanceId", "i-12")]),
        Metric(namespace: "AWS/EC2", name: "CPUUtilization", dimensions: [Dimension("InstanceType", "t2.micro")]),
        Metric(namespace: "AWS/EC2", name: "NetworkIn", dimensions: [Dimension("InstanceId", "i-12")]),
        Metric(namespace: "AWS/Lambda", name: "Errors", dimensions: [Dimension("FunctionName", "ProjectA")]),
        Metric(namespace: "AWS/Lambda", name: "Invocations", dimensions: [Dimension("FunctionName", "ProjectA")]),
        Metric(namespace: "AWS/Lambda", name: "Invocations", dimensions: [Dimension("FunctionName", "other")]),
        Metric(namespace: "My Namespace", name: "CustomCount1"),
        Metric(namespace: "My Namespace", name: "Network-Errors-2", dimensions: [Dimension("D@N", "a(b)\"c\\")]),
    ]

    @Test(
        "a search finds what the user guide says",
        arguments: [
            ("{AWS/EC2,InstanceId} MetricName=\"CPUUtilization\"", [0]), ("{AWS/EC2,InstanceId}", [0, 2]),
            ("{AWS/EC2}", [0, 1, 2]), ("{AWS/EC2, InstanceId}, cpu", [0]), ("{\"My Namespace\"}", [6, 7]),
            ("count", [6]), ("COUNT", [6]), ("couNT", []), ("CustomCount", [6]), ("Count1", [6]), ("customcount", []),
            ("count1", []), ("customcount1", []), ("\"CustomCount1\"", [6]), ("\"customcount1\"", []),
            ("\"Custom\"", []), ("InstanceType=micro", [1]), ("InstanceType=\"t2.micro\" Namespace=\"AWS/EC2\"", [1]),
            ("network/errors", [7]), ("network+errors", [7]), ("Network_Errors", [7]), ("\"Network-Errors-2\"", [7]),
            ("\"Network_Errors_2\"", []), ("\"a\\(b\\)\\\"c\\\\\"", [7]), ("\"D@N\"=\"a(b)\\\"c\\\\\"", [7]),
            ("{AWS/EC2,InstanceId} CPU NOT i-12", []), ("NOT Namespace=AWS", [6, 7]),
            (
                "{AWS/Lambda,FunctionName} MetricName=\"Errors\" OR (MetricName=\"Invocations\" AND (ProjectA OR ProjectB))",
                [3, 4]
            ),
            ("(EC2 OR Lambda) MetricName=Invocations", [4, 5]), ("NOT aws NOT errors", [6]),
            ("{AWS/EC2,InstanceId} AND CPU", [0]), ("CPU :aws.AccountId=LOCAL", [0, 1]),
            ("CPU :aws.AccountId=\"LOCAL\"", [0, 1]), ("CPU :aws.AccountId=(\"1\" OR \"2\")", []),
            ("InstanceId=(\"i-12\" OR \"i-13\") network", [2]), ("lambda errors OR EC2 network", [2, 3]),
        ] as [(String, [Int])]
    )
    func finds(search: String, expected: [Int]) throws {
        let search = try MetricSearch(search)
        #expect(Self.metrics.indices.filter { search.matches(Self.metrics[$0]) } == expected)
    }

    @Test(
        "a fault in a search names its column",
        arguments: [
            ("", 1), ("{", 2), ("{A,", 4), ("{A} )", 5), ("a OR", 5), ("(a", 3), ("\"a", 1), ("AND b", 1), ("%", 1),
            ("A=B=c", 3), ("{A} {B}", 5),
        ]
    )
    func faults(search: String, column: Int) {
        let error = #expect(throws: ExpressionError.self) { try MetricSearch(search) }
        #expect(error?.column == column, "\(String(describing: error))")
    }

    @Test("a call is replaced by an id without moving what follows it")
    func calls() throws {
        var count = 0
        let text = "SUM(SEARCH('{A,B} c', 'Sum', 300))/m1 + SEARCH( \"x\" , 'p90' )"
        let (plain, calls) = try MetricSearchCall.extract(from: text, count: &count, taken: ["search1"])
        #expect(plain.count == text.count && plain.hasPrefix("SUM(search2 ") && plain.contains(")/m1 + search3 "))
        #expect(calls.map(\.id) == ["search2", "search3"] && calls.map(\.period) == [300, nil])
        #expect(calls.map(\.statistic) == [.sum, .percentile(90)])
        for (text, column) in [
            ("SEARCH('a')", 11), ("SEARCH('a', 'Sm')", 13), ("SEARCH('a','Sum',7)", 18), ("1+SEARCH(a, 'Sum')", 10),
        ] {
            let error = #expect(throws: ExpressionError.self) {
                try MetricSearchCall.extract(from: text, count: &count, taken: [])
            }
            #expect(error?.column == column, "\(text)")
        }
        // Neither a name that ends with the word nor a text in quotes is a call.
        let other = "METRICS(\"SEARCH('a')\") + RESEARCH(1)"
        #expect(try MetricSearchCall.extract(from: other, count: &count, taken: []).plain == other)
    }

    @Test("series are named by what distinguishes them")
    func labels() {
        #expect(MetricSearch.labels(of: [Self.metrics[3], Self.metrics[4]]) == ["Errors", "Invocations"])
        #expect(MetricSearch.labels(of: [Self.metrics[4], Self.metrics[5]]) == ["ProjectA", "other"])
        #expect(MetricSearch.labels(of: [Self.metrics[4], Self.metrics[4]]) == ["Invocations", "Invocations"])
        #expect(MetricSearch.labels(of: [Self.metrics[2], Self.metrics[3]])[0] == "AWS/EC2 NetworkIn i-12")
    }

    @Test("a search says how many of its matches are beyond the limit")
    func leftOut() throws {
        let search = try MetricSearch("{N,Id}")
        let metrics = (0..<512).map { Metric(namespace: "N", name: "M", dimensions: [Dimension("Id", "\($0)")]) }
        let found = search.matches(among: metrics)
        #expect(found.metrics.count == 500 && found.leftOut == 12)
        #expect(search.matches(among: metrics.prefix(500)).leftOut == 0)
    }
}
