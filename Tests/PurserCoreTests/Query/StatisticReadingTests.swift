import Testing

@testable import PurserCore

@Suite struct StatisticReadingTests {
    @Test(
        "every form is parsed, and is written back unchanged",
        arguments: [
            ("SampleCount", .sampleCount), ("Sum", .sum), ("Average", .average), ("Minimum", .minimum),
            ("Maximum", .maximum), ("p0", .percentile(0)), ("p50.25", .percentile(50.25)), ("p99.9", .percentile(99.9)),
            ("p100", .percentile(100)),
            ("p0.0000000001", .percentile(1e-10)), ("p0.00012", .percentile(0.00012)),
            ("p99.9999999999", .percentile(99.9999999999)), ("IQM", .interquartileMean),
            ("tm90", .trimmedMean(.lowest(percent: 90))), ("tc0.5", .trimmedCount(.lowest(percent: 0.5))),
            ("ts99.99", .trimmedSum(.lowest(percent: 99.99))), ("wm98", .winsorizedMean(.lowest(percent: 98))),
            ("tm100", .trimmedMean(.lowest(percent: 100))), ("TM(2%:98%)", .trimmedMean(.percent(above: 2, upTo: 98))),
            ("TM(:95%)", .trimmedMean(.percent(above: nil, upTo: 95))),
            ("TM(80%:)", .trimmedMean(.percent(above: 80, upTo: nil))),
            ("TM(150:1000)", .trimmedMean(.values(above: 150, upTo: 1000))),
            ("TC(0.005:0.03)", .trimmedCount(.values(above: 0.005, upTo: 0.03))),
            ("TC(:0)", .trimmedCount(.values(above: nil, upTo: 0))),
            ("TS(80%:)", .trimmedSum(.percent(above: 80, upTo: nil))),
            ("TS(0.00001:2)", .trimmedSum(.values(above: 0.00001, upTo: 2))),
            ("WM(10%:90.0000000001%)", .winsorizedMean(.percent(above: 10, upTo: 90.0000000001))),
            ("WM(1:999999999999999)", .winsorizedMean(.values(above: 1, upTo: 999_999_999_999_999))),
            ("PR(:300)", .percentileRank(above: nil, upTo: 300)), ("PR(0:)", .percentileRank(above: 0, upTo: nil)),
            ("PR(100:2000)", .percentileRank(above: 100, upTo: 2000)),
        ] as [(String, Statistic)]
    )
    func forms(text: String, statistic: Statistic) {
        #expect(Statistic(text) == statistic)
        #expect(statistic.description == text)
    }

    @Test("numbers are written in their shortest form")
    func canonical() {
        let pairs = [
            ("p099.90", "p99.9"), ("tm090", "tm90"), ("TM(02.50%:98.0%)", "TM(2.5%:98%)"), ("PR(00:1.10)", "PR(0:1.1)"),
        ]
        for (text, short) in pairs {
            #expect(Statistic(text)?.description == short)
        }
    }

    @Test(
        "anything else is rejected",
        arguments: [
            "", "p", "p-1", "p101", "p100.1", "P99", "p99%", "p1e1", "p 99", "p99.", "p.5", "p1.12345678901", "p0x10",
            "p+5", "99",
            "pInf", "p٣", "sum", "SUM", "iqm", "IQM(1:2)", "tm", "tm0", "tm0.0", "tm101", "TM90", "Tm90", "tm(2%:98%)",
            "tm90%", "TM", "TM()", "TM(:)", "TM(%:)", "TM(%:%)", "TM(5)", "TM(5%)", "TM(1:2:3)", "TM(2%:98)",
            "TM(2:98%)", "TM(98%:2%)", "TM(5%:5%)", "TM(5:5)", "TM(:0%)", "TM(100%:)", "TM(0%:101%)", "TM(-1:5)",
            "TM(1:1e5)", "TM(1:inf)", "TM(1 : 2)", "TM(1:2", "TM1:2)", "TM(1:2) ", "TM(1.12345678901:2)",
            "TM(1:1000000000000000)", "TM(1%%:2%%)", "PR(1%:2%)", "PR(:50%)", "PR90", "pr90", "pr(1:2)", "PR(:)",
            "PR(2:1)", "TX(1:2)", "ta90", "Median",
        ]
    )
    func refused(text: String) {
        #expect(Statistic(text) == nil)
    }

    @Test("an ExtendedStatistic can be any statistic but the simple ones, and an error says what is allowed")
    func alarms() throws {
        func read(_ key: String, _ statistic: String) -> (definition: AlarmDefinition?, diagnostics: [Diagnostic]) {
            let json = """
                {"AlarmName":"a","Namespace":"N","MetricName":"M","\(key)":"\(statistic)","Period":60,
                 "EvaluationPeriods":1,"Threshold":1,"ComparisonOperator":"GreaterThanThreshold"}
                """
            return AlarmDefinition.read(json: json, file: "a.json", parameters: [:])
        }
        for text in ["p99.9", "tm90", "tc90", "ts90", "wm90", "IQM", "TM(2%:98%)", "TC(:1)", "PR(:300)"] {
            guard case .metric(let metric)? = read("ExtendedStatistic", text).definition?.rule else {
                Issue.record("\(text) gives no metric")
                continue
            }
            #expect(metric.statistic.description == text)
            #expect(read("Statistic", text).diagnostics.map(\.key) == ["Statistic"])
        }
        for text in ["Sum", "tm0", "TM(5:5)", "PR(1%:2%)"] {
            let allowed = "`\(text)` is not supported by this version; supported: \(Statistic.allowedExtended)"
            #expect(read("ExtendedStatistic", text).diagnostics.map(\.message) == [allowed])
        }
    }
}
