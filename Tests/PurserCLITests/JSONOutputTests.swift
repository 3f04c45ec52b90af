import Foundation
import PurserCore
import TestSupport
import Testing

/// Checks the JSON of every command against its schema in `docs/schemas`.
@Suite(.blocking) struct JSONOutputTests {
    /// The commands that write only other programs' formats.
    private static let formatsOfOthers: Set<String> = ["alarms export", "metrics export", "completions"]

    /// The command whose JSON is GetMetricData's, for which Purser has no schema.
    private static let getMetricData = "metrics get"

    @Test(
        "every command prints JSON that its schema allows, and together the commands fill every list in the schemas",
        .startsPrograms
    )
    func everyCommand() throws {
        let schemas = try Self.schemas()
        var met: [String: Set<String>] = [:]
        let printed = try Demonstrations.json.text(of: "demo.json")
        let result = PurserProgram.Result(status: 0, output: printed, errors: "")
        try Self.hold(result, of: JSONCommand("demo"), against: schemas, &met)
        for command in JSONCommand.all {
            let folder = try DemonstrationStore.folder.copy()
            let result = try Self.run(command, in: folder)
            if command.name == Self.getMetricData {
                let json = try JSONValue(parsing: result.output)
                #expect(json["schema"] == nil && json["MetricDataResults"]?.array?.count == 1, "\(result)")
            } else {
                try Self.hold(result, of: command, against: schemas, &met)
            }
        }
        for (name, schema) in schemas where name != "purser.dead-letter/1" {
            let unmet = schema.items.subtracting(met[name] ?? [])
            #expect(unmet.isEmpty, "no command prints elements of \(name): \(unmet.sorted())")
        }
    }

    @Test("every command has --format json, and none is left out of these tests", .startsPrograms)
    func completeness() throws {
        let commands = try ToolInfo().commands
        #expect(commands.count > 30)
        let tried = Set(JSONCommand.all.map(\.name) + ["demo"])
        for command in commands where !Self.formatsOfOthers.contains(command.name) {
            let forms = command.options.first { $0.flag == "--format" }?.allowed
            #expect(forms?.prefix(2) == ["text", "json"], "purser \(command.name) --format takes \(forms ?? [])")
            #expect(tried.contains(command.name), "no test of purser \(command.name) --format json")
        }
        #expect(tried.isSubset(of: commands.map(\.name)))
    }

    @Test("the sources, docs/schemas and the documents name the same schemas, and a command's schema is named after it")
    func names() throws {
        let schemas = try Self.schemas()
        let name = /purser\.[a-z-]+\/[0-9]+/
        let sources = try Self.text(below: "Sources", ending: ".swift").flatMap {
            $0.matches(of: name).map { String($0.output) }
        }
        #expect(Set(sources) == Set(schemas.keys))
        let documents = try Self.text(below: "docs", ending: ".md").joined()
        for name in schemas.keys.sorted() {
            #expect(documents.contains("`\(name)`"), "no document mentions \(name)")
        }
        let commands = JSONCommand.all.filter { $0.name != Self.getMetricData }
        #expect(Set(commands.map(\.schema) + ["purser.demo/1", "purser.dead-letter/1"]) == Set(schemas.keys))
    }

    @Test("a value that its schema does not allow is found at any depth, and so is an unknown keyword")
    func validator() throws {
        let schema = try JSONSchema(
            try JSONValue(
                parsing: #"""
                    {"type": "object", "required": ["a"], "additionalProperties": false, "properties": {
                      "a": {"$ref": "#/$defs/count"}, "b": {"anyOf": [{"type": "string", "pattern": "^x$"}, {"type": "null"}]},
                      "c": {"type": "array", "items": {"enum": ["u", 2]}}, "d": {"const": true}},
                     "$defs": {"count": {"type": "integer", "minimum": 0}}}
                    """#
            )
        )
        let right = [#"{"a":0}"#, #"{"a":1.0,"b":"x","c":["u",2,"u"],"d":true}"#, #"{"a":7,"b":null,"c":[]}"#]
        for text in right {
            #expect(schema.verdict(on: try JSONValue(parsing: text)).faults.isEmpty, "\(text)")
        }
        let wrong = [
            "[]", "{}", #"{"a":-1}"#, #"{"a":0.5}"#, #"{"a":"0"}"#, #"{"a":0,"b":"xx"}"#, #"{"a":0,"b":1}"#,
            #"{"a":0,"c":["u","v"]}"#, #"{"a":0,"c":{}}"#, #"{"a":0,"d":false}"#, #"{"a":0,"e":0}"#,
        ]
        for text in wrong {
            #expect(!schema.verdict(on: try JSONValue(parsing: text)).faults.isEmpty, "\(text)")
        }
        #expect(schema.items == ["#/properties/c/items"])
        let unusable = [
            #"{"maximum": 1}"#,
            #"{"properties": {"a": {"format": "date"}}, "required": [], "additionalProperties": false}"#,
            #"{"required": ["a"]}"#, #"{"properties": {}, "required": []}"#,
            #"{"properties": {}, "additionalProperties": false}"#,
            ##"{"$ref": "#/$defs/a"}"##, #"{"type": "text"}"#, #"{"pattern": "("}"#, "true",
        ]
        for text in unusable {
            #expect(throws: (any Error).self, "\(text)") { try JSONSchema(JSONValue(parsing: text)) }
        }
    }

    // MARK: -

    /// Returns the schemas by name; each file is named after its schema.
    private static func schemas() throws -> [String: JSONSchema] {
        var schemas: [String: JSONSchema] = [:]
        let folder = Repository.root.appendingPathComponent("docs/schemas").path
        for file in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let match = try #require(file.wholeMatch(of: /(purser\.[a-z-]+)\.([0-9]+)\.json/), "docs/schemas/\(file)")
            let name = "\(match.1)/\(match.2)"
            let schema = try JSONSchema(file: "docs/schemas/" + file)
            #expect(schema.constant(of: "schema")?.string == name, "docs/schemas/\(file)")
            schemas[name] = schema
        }
        return schemas
    }

    private static func run(_ command: JSONCommand, in folder: TemporaryFolder) throws -> PurserProgram.Result {
        let own = [
            "PURSERD_KEYS_SECRET": String(repeating: "ab", count: 32), "PURSERD_MODEL": "embedded",
            "AWS_REGION": "eu-central-1",
        ]
        let purser = PurserProgram(
            store: folder.path("purser.db"),
            environment: own.merging(command.environment) { $1 }
        )
        let filled = { (words: [String]) in words.map { $0.replacing("{folder}", with: folder.url.path) } }
        for words in command.before {
            let result = try purser.run(filled(words))
            #expect(result.status == 0, "\(words): \(result)")
        }
        let words = command.name.split(separator: " ").map(String.init) + filled(command.arguments)
        return try purser.run(words + ["--format", "json"], input: command.input)
    }

    private static func hold(
        _ result: PurserProgram.Result,
        of command: JSONCommand,
        against schemas: [String: JSONSchema],
        _ met: inout [String: Set<String>]
    ) throws {
        let words = ([command.name] + command.arguments).joined(separator: " ")
        #expect(result.status == command.status, "\(words): \(result)")
        let json = try #require(try? JSONValue(parsing: result.output), "\(words): \(result)")
        #expect(json.members?.first == JSONValue.Member("schema", .string(command.schema)), "\(words): \(result)")
        for (name, part) in Self.parts(of: json) {
            let schema = try #require(schemas[name], "\(words) prints \(name)")
            let verdict = schema.verdict(on: part)
            #expect(verdict.faults.isEmpty, "\(words): \(verdict.faults.joined(separator: "\n"))")
            met[name, default: []].formUnion(verdict.met)
        }
    }

    /// Returns a result and the results of other commands in it, with the names of their schemas.
    private static func parts(of json: JSONValue) -> [(name: String, part: JSONValue)] {
        let own = json["schema"]?.string.map { [(name: $0, part: json)] } ?? []
        return own + (json.members ?? []).flatMap { parts(of: $0.value) }
    }

    private static func text(below folder: String, ending: String) throws -> [String] {
        let root = Repository.root.appendingPathComponent(folder).path
        let paths = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        return try paths.filter { $0.hasSuffix(ending) }.map { try Repository.text(folder + "/" + $0) }
    }
}
