import Foundation
import PurserCore
import TestSupport
import Testing

@Suite(.blocking, .startsPrograms) struct DashboardExportTests {
    private static func export(_ text: String, _ options: String...) throws -> PurserProgram.Result {
        let folder = try TemporaryFolder()
        _ = try folder.store()
        try Data(text.utf8).write(to: folder.url.appendingPathComponent("d.json"))
        let environment = ["PURSER_DASHBOARDS": folder.url.path]
        return try PurserProgram(store: folder.path("purser.db"), environment: environment)
            .run(["dash", "d", "--export"] + options)
    }

    @Test("an exported body is the file to its last byte", arguments: ["", "\n", "\r\n", "\n\n"])
    func unchanged(end: String) throws {
        let text = "{\"widgets\": []}" + end
        #expect(try Self.export(text) == PurserProgram.Result(status: 0, output: text, errors: ""))
    }

    @Test("what uses a row without an equivalent in PromQL is named with that row")
    func untranslatable() throws {
        let rows = #"""
            [[{"expression": "SEARCH('{A,B}', 'Sum', 300)", "id": "e1"}], [{"expression": "SUM(e1)", "id": "e2"}],
             [{"expression": "e2/60", "id": "e3", "label": "a rate"}], [{"expression": "SELECT SUM(x) FROM y", "id": "q"}],
             [{"expression": "q*2", "id": "twice"}]]
            """#
        let text = #"{"widgets": [{"type": "metric", "properties": {"region": "r", "metrics": \#(rows)}}]}"#
        let result = try Self.export(text, "--to", "grafana-prometheus")
        #expect(result.status == 0, "\(result)")
        for words in [
            "a rate: it uses e1, and a search has no equivalent in PromQL",
            "it uses q, which has no equivalent in PromQL",
        ] {
            #expect(result.errors.contains(words), "\(result.errors)")
        }
        #expect(!result.errors.contains("is not one of its metrics"), "\(result.errors)")
    }
}
