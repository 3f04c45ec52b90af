import Foundation
import PurserCore
import TestSupport
import Testing

@Suite(.blocking, .startsPrograms) struct MetricsExportCommandTests {
    /// Fills a store with two past minutes of a metric; returns their start and end.
    private static func fill(_ purser: PurserProgram) throws -> (start: Timestamp, end: Timestamp) {
        let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        let start = now.floored(toSeconds: 60) - 3600
        let lines = (0..<2).map { minute in
            """
            {"Namespace":"App","MetricData":[{"MetricName":"T","Values":[\(minute + 1),5],"Counts":[3,1],"Unit":"Seconds",\
            "Timestamp":"\(start + 60 * minute + 20)"},{"MetricName":"O","Value":1,"Timestamp":"\(start)"}]}
            """
        }
        let put = try purser.run("metrics", "put", input: lines.joined(separator: "\n"))
        #expect(put.status == 0, "\(put.errors)")
        return (start, start + 120)
    }

    @Test("an export for PutMetricData can be put into another store, a part of the range at a time")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let (one, two) = (PurserProgram(store: folder.path("1.db")), PurserProgram(store: folder.path("2.db")))
        let (start, end) = try Self.fill(one)
        for minute in [start, start + 60] {
            let export = try one.run(
                "metrics",
                "export",
                "--format",
                "put-metric-data",
                "--start",
                "\(minute)",
                "--end",
                "\(minute + 60)"
            )
            #expect(export.status == 0, "\(export.errors)")
            #expect(try two.run("metrics", "put", input: export.output).status == 0)
        }
        for stat in ["p50", "Sum", "SampleCount", "Minimum", "Maximum"] {
            let arguments = "metrics get --namespace App --name T --stat \(stat) --start \(start) --end \(end)"
            let (a, b) = (try one.shell("\"$PURSER\" " + arguments), try two.shell("\"$PURSER\" " + arguments))
            #expect(a.status == 0 && a == b && a.output.contains("Timestamps"))
        }
    }

    @Test("every format writes the requested metric and no other")
    func formats() throws {
        let folder = try TemporaryFolder()
        let purser = PurserProgram(store: folder.path("purser.db"))
        let (start, end) = try Self.fill(purser)
        let expected = [
            "prometheus": "app_t_seconds_count 8\n", "openmetrics": "app_t_seconds_count 8 \(end.seconds)\n",
            "otlp": #""name":"T","unit":"s""#, "emf": #""T":{"Values":[1.0,"#, "put-metric-data": #""MetricName":"T""#,
        ]
        for (format, text) in expected {
            let export = try purser.shell(
                "\"$PURSER\" metrics export --format \(format) --name T --start \(start) --end \(end)"
            )
            #expect(export.status == 0 && export.output.contains(text), "\(export)")
            #expect(!export.output.contains("app_o") && !export.output.contains("\"O\""))
            let lines = export.output.split(separator: "\n").count
            if ["otlp", "emf"].contains(format) { #expect(lines == 2) }
        }
    }

    @Test("a range without a whole period is a usage error; a missing metric is reported")
    func faults() throws {
        let folder = try TemporaryFolder()
        let purser = PurserProgram(store: folder.path("purser.db"))
        let (start, _) = try Self.fill(purser)
        let short = "metrics export --format emf --start \(start + 10) --end \(start + 50)"
        #expect(try purser.shell("\"$PURSER\" " + short).status == 64)
        #expect(try purser.shell("\"$PURSER\" metrics export --format emf --period 7").status == 64)
        #expect(try purser.shell("\"$PURSER\" metrics export").status == 64)
        let none = try purser.shell("\"$PURSER\" metrics export --format openmetrics --name Nothing")
        #expect(none.status == 0 && none.output == "# EOF\n" && none.errors.contains("no series"))
    }
}
