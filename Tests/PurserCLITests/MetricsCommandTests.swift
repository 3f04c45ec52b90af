import Foundation
import PurserCore
import TestSupport
import Testing

@Suite(.blocking, .startsPrograms) struct MetricsCommandTests {
    /// Creates a store with one metric that has three sets of dimensions.
    private static func purser(_ folder: borrowing TemporaryFolder) throws -> PurserProgram {
        let purser = PurserProgram(store: folder.path("purser.db"))
        let datum = { (dimensions: String) in
            #"{"Namespace":"S","MetricData":[{"MetricName":"Jobs","Value":1,"Dimensions":[\#(dimensions)]}]}"#
        }
        let (team, queue) = (#"{"Name":"Team","Value":"a=b"}"#, #"{"Name":"Queue","Value":"q1"}"#)
        let lines = [datum(""), datum(team), datum(team + "," + queue)]
        let put = try purser.run("metrics", "put", input: lines.joined(separator: "\n"))
        #expect(put.status == 0, "\(put)")
        return purser
    }

    @Test("list shows the metrics that have every requested dimension")
    func dimensions() throws {
        let folder = try TemporaryFolder()
        let purser = try Self.purser(folder)
        let expected: [([String], Int)] = [
            ([], 3), (["Team"], 2), (["Team=a=b"], 2), (["Team=a"], 0), (["team"], 0), (["Team", "Queue=q1"], 1),
            (["Queue=q1", "Queue=q2"], 0),
        ]
        for (filters, count) in expected {
            let options = filters.map { " --dimension " + $0 }.joined()
            let list = try purser.shell("\"$PURSER\" metrics list" + options)
            #expect(list.status == 0 && list.output.split(separator: "\n").count == count, "\(filters): \(list)")
        }
        for wrong in ["=", "Team=", "=a"] {
            let list = try purser.run("metrics", "list", "--dimension", wrong)
            #expect(list.status == 64 && list.errors.contains("NAME or NAME=VALUE"), "\(wrong): \(list)")
        }
    }

    @Test("get returns pages, with a token for the next one")
    func pages() throws {
        let folder = try TemporaryFolder()
        let purser = PurserProgram(store: folder.path("purser.db"))
        let hour = Timestamp(seconds: Int64(Date().timeIntervalSince1970)).floored(toSeconds: 3600)
        let data = (1...3).map { #"{"MetricName":"Jobs","Value":\#($0),"Timestamp":"\#(hour - $0 * 600)"}"# }
        let input = #"{"Namespace":"S","MetricData":[\#(data.joined(separator: ","))]}"#
        #expect(try purser.run("metrics", "put", input: input).status == 0)
        let get =
            "\"$PURSER\" metrics get --namespace S --name Jobs --stat 'TM(0:100)' --start \(hour - 3600) --end \(hour)"
        let first = try JSONValue(parsing: try purser.shell(get + " --max-datapoints 2").output)
        let token = try #require(first["NextToken"]?.string)
        let result = first["MetricDataResults"]?.array?.first
        #expect(result?["Values"] == [1.0, 2.0] && result?["StatusCode"] == "PartialData")
        let second = try JSONValue(parsing: try purser.shell(get + " --next-token " + token).output)
        let rest = second["MetricDataResults"]?.array?.first
        #expect(rest?["Values"] == [3.0] && rest?["StatusCode"] == "Complete" && second["NextToken"] == nil)
        let other = try purser.shell(get + " --period 120 --next-token " + token)
        #expect(other.status == 3 && other.errors.contains("NextToken: belongs to another request"), "\(other)")
        #expect(try purser.shell(get + " --max-datapoints 0").status == 64)
    }
}
