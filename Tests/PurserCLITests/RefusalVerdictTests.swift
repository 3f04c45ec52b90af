import Foundation
import PurserCore
import TestSupport
import Testing

@Suite(.blocking, .startsPrograms) struct RefusalVerdictTests {
    @Test(
        "while every caller is refused, the exit code is 2, and the verdict says so",
        arguments: [("PURSERD_QUOTA", "60", "quota-used-up"), ("PURSERD_BUDGET_USD", "0.001", "budget-used-up")],
        [3, 257]
    )
    func refused(limit: (name: String, value: String, alarm: String), secondsBetween: Int) throws {
        let folder = try TemporaryFolder()
        var purser = PurserProgram(store: folder.path("purser.db"))
        purser.environment[limit.name] = limit.value
        // The first requests are answered, and the last are refused.
        let rows = (0..<120).map { row in
            "\((TestTrace.start + secondsBetween * row).iso8601()),100,100"
        }
        let text = (["TIMESTAMP,ContextTokens,GeneratedTokens"] + rows).joined(separator: "\n") + "\n"
        try text.write(toFile: folder.path("t.csv"), atomically: true, encoding: .utf8)
        let replay = try purser.run("replay", folder.path("t.csv"), "--format", "json")
        let refused = try JSONValue(parsing: replay.output)["refused"]?.members?.compactMap(\.value.integer) ?? []
        #expect(refused.reduce(0, +) > 10, "\(replay)")
        let end = (TestTrace.start + secondsBetween * 119 + 60).floored(toSeconds: 60).iso8601()
        let evaluation = try purser.run("evaluate", "--at", end)
        #expect(evaluation.status == 2, "\(evaluation)")
        let dash = try purser.run("dash", "--at", end)
        #expect(dash.output.contains("X ALARM \(limit.alarm) "), "\(dash.output)")
        #expect(dash.output.split(separator: "\n").last?.hasPrefix("ALARM: ") == true)
    }
}
