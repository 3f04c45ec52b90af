import Purser
import PurserCore
import PurserImport
import Testing

/// One YAML document.
private enum YAMLText {
    static func value(_ text: String) throws -> JSONValue {
        let documents = try JSONValue.documents(yaml: text)
        return try #require(documents.count == 1 ? documents.first : nil).value
    }
}

@Suite struct YAMLReaderTests {
    @Test("a file may have several documents, each with its line; empty ones are left out")
    func documents() throws {
        let documents = try JSONValue.documents(yaml: "---\na: 1\n---\n\n---\n# note\n- b\n")
        #expect(documents.map(\.line) == [2, 7])
        #expect(documents.map(\.value) == [["a": 1], ["b"]])
    }

    @Test("a type's tag reads what YAML's plain scalars and JSON have in common, quoted or not")
    func typeTags() throws {
        let text = "a: [!!int 60, !!int \"60\", !!float 1.5, !!bool true, !!null ~, !!str 60]"
        #expect(try YAMLText.value(text) == ["a": [60, 60, 1.5, true, nil, "60"]])
    }

    @Test("scalars have the types on which YAML 1.2 and JSON agree; everything else is text")
    func scalars() throws {
        let text = """
            null: [~, null, ""]
            booleans: [true, False, yes, on, off, no, y]
            numbers: [1, -2.5, 1e3, 0x1F, 012345678901, 1_000, 2010-09-09, .5, +1, .inf, 1:30]
            quoted: ["1", 'true', !!str 5]
            block: |
              a
              b
            """
        let expected: JSONValue = [
            "null": [nil, nil, ""],
            "booleans": [true, false, "yes", "on", "off", "no", "y"],
            "numbers": [
                1, -2.5, 1000.0, "0x1F", "012345678901", "1_000", "2010-09-09", ".5", "+1", ".inf", "1:30",
            ],
            "quoted": ["1", "true", "5"],
            "block": "a\\nb",
        ]
        #expect(try YAMLText.value(text).text() == expected.text().replacing("\\\\n", with: "\\n"))
    }

    @Test("the short forms of CloudFormation's functions become the long ones")
    func shortForms() throws {
        let text = """
            a: !Ref Topic
            b: !Sub ["${A}", {A: !GetAtt Topic.Arn}]
            c: !Join
              - ","
              - [!Ref AWS::Region, !If [P, x, !Ref AWS::NoValue]]
            d: !Condition Live
            """
        let expected = #"""
            {"a":{"Ref":"Topic"},"b":{"Fn::Sub":["${A}",{"A":{"Fn::GetAtt":"Topic.Arn"}}]},\#
            "c":{"Fn::Join":[",",[{"Ref":"AWS::Region"},{"Fn::If":["P","x",{"Ref":"AWS::NoValue"}]}]]},\#
            "d":{"Condition":"Live"}}
            """#
        #expect(try YAMLText.value(text).text() == expected)
    }

    @Test(
        "text that could be read in more than one way is refused with its line",
        arguments: [
            ("a: 1\nb: &x 2\n", "line 2, column 4: anchors and aliases are not allowed"),
            ("a: &x {c: 1}\nb: *x\n", "line 1, column 4: anchors and aliases"),
            ("a: 1\nb:\n  <<: {c: 1}\n", "line 3, column 3: merge keys are not allowed"),
            ("a: 1\nb: !Frob x\n", "line 2, column 4: the tag `!Frob` is not allowed; allowed: !Ref"),
            ("a: !!binary aGk=\n", "line 1, column 4: the tag `tag:yaml.org,2002:binary` is not allowed"),
            ("a: 1\nb: 2\na: 3\n", "line 1, column 1: `a` occurs twice in one mapping"),
            ("a: 1\n\"b\": 2\n? [x]\n: 3\n", "line 3, column 3: a key must be plain text"),
            ("a: [1\nb: 2\n", "line 2, column"),
            ("a: !!int x\n", "line 1, column 4: `x` is not a value of the type that its tag names"),
            ("", "the text is empty"),
            (
                String(repeating: "[", count: 200) + String(repeating: "]", count: 200),
                "line 1, column 129: more than 128"
            ),
        ]
    )
    func faults(text: String, expected: String) {
        let error = #expect(throws: YAMLSyntaxError.self) { try YAMLText.value(text) }
        #expect(error?.description.hasPrefix(expected) == true, "\(error?.description ?? "none")")
    }
}
