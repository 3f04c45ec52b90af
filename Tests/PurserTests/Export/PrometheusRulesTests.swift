import Foundation
import ChatService
import PurserCore
import PurserRender
import TestSupport
import Testing

private struct Faults: Decodable {
    let faults: [String]
}

@Suite(.blocking) struct PrometheusRulesTests {
    /// Whether promtool is next to the peers' interpreter, or where Debian installs it.
    private static let hasPromtool = [
        PeerProcess.pythonPath.replacing("/python3", with: "/promtool"), "/usr/bin/promtool",
    ].contains { FileManager.default.isExecutableFile(atPath: $0) }

    private static let metrics = PrometheusRules.Metrics(isCounter: ChatMetric.countsEvents) { metric in
        metric.namespace == ChatMetric.namespace ? [ChatMetric.modelIdDimension] : []
    }

    /// Returns the rules of one alarm that watches `App` `M`.
    private static func rules(_ keys: String, isCounter: Bool? = false) throws -> PrometheusRules {
        let json = #"{"AlarmName":"a","ComparisonOperator":"GreaterThanThreshold","Threshold":2,\#(keys)}"#
        return PrometheusRules(
            [try AlarmExportFixture.read(json)],
            metrics: PrometheusRules.Metrics(isCounter: { _ in isCounter })
        )
    }

    private static func scalar(_ statistic: String, unit: String? = "Count", more: String = "") -> String {
        let key = ["Sum", "Average", "SampleCount", "Minimum", "Maximum"].contains(statistic) ? "" : "Extended"
        return
            #""Namespace":"App","MetricName":"M","Period":60,"EvaluationPeriods":1,"\#(key)Statistic":"\#(statistic)""#
            + (unit.map { #","Unit":"\#($0)""# } ?? "") + more
    }

    private static func expression(_ rules: PrometheusRules) -> String? {
        guard let line = rules.text.split(separator: "\n").first(where: { $0.contains("  expr: ") }) else { return nil }
        return try? JSONValue(parsing: String(line.drop { $0 != "\"" })).string
    }

    @Test("each statistic is computed from the samples that the export writes for it")
    func statistics() throws {
        let count = "sum(increase(app_m_count[60s]))"
        let sum = "sum(increase(app_m_sum[60s]))"
        for (statistic, isCounter, expected) in [
            ("Sum", false, "(\(sum) and \(count) > 0) > 2.0"),
            ("Sum", true, "sum(increase(app_m_total[60s])) > 2.0"),
            ("Sum", nil, "(sum(increase(app_m_total[60s])) or \(sum)) > 2.0"),
            ("SampleCount", false, "(\(count) and \(count) > 0) > 2.0"),
            ("Average", false, "((\(sum) / \(count)) and \(count) > 0) > 2.0"),
            (
                "p99.9", false,
                "(histogram_quantile(0.999, sum by (le) (increase(app_m_bucket[60s]))) and \(count) > 0) > 2.0"
            ),
        ] as [(String, Bool?, String)] {
            let rules = try Self.rules(Self.scalar(statistic), isCounter: isCounter)
            #expect(Self.expression(rules) == expected)
            #expect(rules.leftOut.isEmpty)
        }
    }

    @Test("names include the unit, and a selector excludes series with additional dimensions")
    func selectors() throws {
        let keys = Self.scalar("Sum", unit: "Seconds", more: #","Dimensions":[{"Name":"ModelId","Value":"a\"b"}]"#)
        let json = #"{"AlarmName":"a","ComparisonOperator":"LessThanThreshold","Threshold":2,\#(keys)}"#
        let rules = PrometheusRules(
            [try AlarmExportFixture.read(json)],
            metrics: PrometheusRules.Metrics(isCounter: { _ in true }, dimensionNames: { _ in ["ModelId", "Region"] })
        )
        #expect(
            Self.expression(rules) == #"sum(increase(app_m_seconds_total{model_id="a\"b",region=""}[60s])) < 2.0"#
        )
    }

    @Test(
        "an alarm that no rule can express is left out, and the file names it",
        arguments: [
            (scalar("Maximum"), "Prometheus' histograms have no Maximum"),
            (scalar("tm90"), "Prometheus' histograms have no tm90"),
            (scalar("PR(:3)"), "Prometheus' histograms have no PR(:3)"),
            (scalar("Sum", unit: nil), "M has no Unit"),
            (
                scalar("Sum", more: #","EvaluationWindow":{"WallClockWindow":{}}"#),
                "Prometheus has no windows that follow the wall clock"
            ),
            (
                #""EvaluationPeriods":1,"Metrics":[{"Id":"a","ReturnData":false,"MetricStat":{"Period":60,"Stat":"Sum","Unit":"Count","#
                    + #""Metric":{"Namespace":"App","MetricName":"M"}}},{"Id":"r","Expression":"CEIL(a)"}]"#,
                "the metric math function CEIL"
            ),
        ]
    )
    func leftOut(keys: String, expected: String) throws {
        let rules = try Self.rules(keys)
        #expect(rules.leftOut.first?.text.hasPrefix(expected) == true, "\(rules.leftOut)")
        #expect(rules.text.contains("groups: []\n# Not in this file:\n# - a: " + expected))
        let others = PrometheusRules([try AlarmExportFixture.composite(), try AlarmExportFixture.anomaly()])
        #expect(others.leftOut.map(\.alarm) == ["chat is ill", "latency-band"])
    }

    @Test("an alarm without a unit has the one unit that the metric is known to have, and the summary says why not")
    func units() throws {
        let json =
            #"{"AlarmName":"a","ComparisonOperator":"GreaterThanThreshold","Threshold":2,\#(Self.scalar("Sum", unit: nil))}"#
        let alarms = [try AlarmExportFixture.read(json), try AlarmExportFixture.composite()]
        func rules(_ units: Set<MetricUnit>) -> PrometheusRules {
            PrometheusRules(alarms, metrics: PrometheusRules.Metrics(isCounter: { _ in true }, units: { _ in units }))
        }
        let known = rules([.count])
        #expect(Self.expression(known) == "sum(increase(app_m_total[60s])) > 2.0" && known.count == 1)
        #expect(
            known.summary
                == "1 of 2 alarms exported; not exported: 1 (Prometheus has no alert on the states of other alerts)"
        )
        #expect(rules([]).leftOut.first?.text.hasPrefix("M has no Unit, and the store has no data of it") == true)
        #expect(rules([.count, .bytes]).leftOut.first?.text.contains("its data in Bytes, Count;") == true)
        #expect(rules([]).summary.hasPrefix("0 of 2 alarms exported; not exported: 1 (Prometheus has no alert on"))
    }

    @Test("differences between a rule and its alarm are listed above the rule")
    func differences() throws {
        let keys = Self.scalar(
            "p90",
            more: #","TreatMissingData":"ignore","EvaluateLowSampleCountPercentile":"ignore""#
        )
        let rules = try Self.rules(keys + #","ActionsEnabled":false,"AlarmDescription":"{{ $value }}\nx""#)
        let notes = rules.differences.map(\.text)
        #expect(
            notes.count == 4 && notes.contains { $0.hasPrefix("missing data ends the alert; in CloudWatch the state") }
        )
        for note in notes { #expect(rules.text.contains("      # \(note)\n")) }
        #expect(rules.text.contains(#"description: "{{\"{{\"}} $value }}\nx""#))
    }

    @Test("metric math keeps its order of operations, and its comparisons return 1 or 0")
    func math() throws {
        let stat = #""Period":60,"Stat":"Sum","Unit":"Count""#
        let rules = try Self.rules(
            #""EvaluationPeriods":1,"Metrics":[{"Id":"a","ReturnData":false,"MetricStat":{\#(stat),"Metric":{"Namespace":"N","MetricName":"A"}}},"#
                + #"{"Id":"b","ReturnData":false,"MetricStat":{\#(stat),"Metric":{"Namespace":"N","MetricName":"B"}}},"#
                + #"{"Id":"r","Expression":"-a^2 AND (a-b >= 1)"}]"#,
            isCounter: true
        )
        let a = "(sum(increase(n_a_total[60s])) > -Inf or vector(0))"
        let b = "(sum(increase(n_b_total[60s])) > -Inf or vector(0))"
        let expected = "((((-(\(a) ^ 2.0)) != bool 0) * (((\(a) - \(b)) >= bool 1.0) != bool 0)) > -Inf < Inf) > 2.0"
        #expect(Self.expression(rules) == expected)
    }

    @Test("IF chooses by ones and zeros, and FILL replaces what is missing")
    func choices() throws {
        let rules = try Self.rules(
            #""EvaluationPeriods":1,"Metrics":[{"Id":"a","ReturnData":false,"MetricStat":{"Period":60,"Stat":"Sum","Unit":"Count","#
                + #""Metric":{"Namespace":"N","MetricName":"A"}}},{"Id":"r","Expression":"FILL(IF(a>3, 100/a, 5), 0)"}]"#,
            isCounter: true
        )
        let a = "(sum(increase(n_a_total[60s])) > -Inf or vector(0))"
        let choice = "(((100.0 / \(a)) and (\(a) > bool 3.0) != 0) or (vector(5.0) and (\(a) > bool 3.0) == 0))"
        #expect(Self.expression(rules) == "((\(choice) > -Inf < Inf or vector(0.0)) > -Inf < Inf) > 2.0")
    }

    /// Returns a test whose series are scraped every 15 s; `firing` lists the alerts expected at whole minutes.
    private static func test(series: [String: String], firing: [(minute: Int, alerts: [String])]) -> String {
        var lines = [
            "rule_files: [rules.yml]", "evaluation_interval: 1m", "tests:", "  - interval: 15s", "    input_series:",
        ]
        for (name, values) in series.sorted(by: { $0.key < $1.key }) {
            lines += ["      - series: '\(name)'", "        values: '\(values)'"]
        }
        lines.append("    promql_expr_test:")
        for (minute, alerts) in firing {
            lines += ["      - expr: ALERTS{alertstate=\"firing\"}", "        eval_time: \(minute)m"]
            let samples = alerts.map { "{labels: 'ALERTS{alertname=\"\($0)\",alertstate=\"firing\"}', value: 1}" }
            lines.append("        exp_samples: [\(samples.joined(separator: ", "))]")
        }
        return lines.map { $0 + "\n" }.joined()
    }

    @Test(
        "Prometheus accepts the rules, and its alerts fire and end when the alarms would",
        .needsPeers,
        .enabled(if: Self.hasPromtool, "needs promtool, which scripts/test fetches where it may")
    )
    func peer() throws {
        let quiet = try AlarmExportFixture.read(
            #"""
            {"AlarmName":"quiet","Namespace":"App","MetricName":"Beat","Statistic":"Sum","Unit":"Count","Period":60,
             "EvaluationPeriods":3,"DatapointsToAlarm":2,"Threshold":1,"ComparisonOperator":"LessThanThreshold",
             "TreatMissingData":"breaching"}
            """#
        )
        let anyError = try AlarmExportFixture.read(
            #"""
            {"AlarmName":"any-error","Namespace":"ChatService","MetricName":"ServerErrors","Statistic":"Sum",
             "Unit":"Count","Period":60,"EvaluationPeriods":1,"Threshold":0,
             "ComparisonOperator":"GreaterThanThreshold","TreatMissingData":"notBreaching"}
            """#
        )
        let slow = try AlarmExportFixture.read(
            #"""
            {"AlarmName":"slow","Namespace":"ChatService","MetricName":"Latency","ExtendedStatistic":"p99",
             "Unit":"Seconds","Period":60,"EvaluationPeriods":3,"DatapointsToAlarm":3,"Threshold":10,
             "ComparisonOperator":"GreaterThanThreshold","TreatMissingData":"notBreaching"}
            """#
        )
        let alarms = try AlarmExportFixture.shipped() + [quiet, anyError, slow]
        let rules = PrometheusRules(alarms, metrics: Self.metrics)
        // Counters have no number of samples, histograms no percentile rank, and the rest is not in Prometheus at all.
        #expect(
            rules.leftOut.map(\.alarm) == [
                "budget-used-up", "cache-write-trap", "chat-errors", "chat-latency", "chat-refusals", "cost-anomaly",
                "dead-letters", "latency-low-traffic", "latency-p99", "month-cost", "quota-80-percent",
                "quota-used-up", "refused-requests", "refused-requests-low-traffic", "server-errors",
                "tpm-quota-80-percent",
            ]
        )
        let shop = #"{job="chat",instance="a"}"#
        let bucket = #"chat_service_latency_seconds_bucket{job="chat",le="#
        let test = Self.test(
            series: [
                "chat_service_invocations_total" + shop: "0+4x120",
                // A quarter of the calls from minute 2 to 5 fail.
                "chat_service_errors_total" + shop: "0x8 1+1x11 12x100",
                // One 5xx just after minute 10; the 5xx in another series do not count for this alarm.
                "chat_service_server_errors_total" + shop: "0x40 1x80",
                #"chat_service_server_errors_total{job="chat",model_id="m"}"#: "0+1x120",
                // From minute 15 to 20 all requests take 8 to 16 seconds.
                bucket + "\"8.0\"}": "0x120", bucket + "\"16.0\"}": "0x60 0+2x20 40x40",
                bucket + "\"+Inf\"}": "0x60 0+2x20 40x40",
                #"chat_service_latency_seconds_count{job="chat"}"#: "0x60 0+2x20 40x40",
                // No samples until minute 8.
                #"app_beat_total{job="beat"}"#: "_x32 0+1x88",
            ],
            firing: [
                (0, ["quiet"]), (1, ["quiet"]), (4, ["quiet"]), (9, ["quiet"]),
                (6, ["error-rate", "error-rate-low-traffic", "quiet"]), (11, ["any-error"]), (13, []), (17, []),
                (19, ["slow"]), (23, []),
            ]
        )
        let peer = try PeerProcess.shared("promtool.py")
        let faults = try peer.ask(["rules": .string(rules.text), "tests": .string(test)], for: Faults.self).faults
        #expect(faults.isEmpty, "\(faults.joined())")
    }
}
