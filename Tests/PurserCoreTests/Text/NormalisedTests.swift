import PurserCore
import Testing

@Suite struct NormalisedTests {
    @Test(
        "names are in Unicode's normal form C, byte for byte",
        arguments: [
            ("plain", "plain"), ("", ""), ("cafe\u{301}", "caf\u{e9}"), ("caf\u{e9}", "caf\u{e9}"),
            // A singleton, Hangul, and two marks in the wrong order.
            ("\u{212b}", "\u{c5}"), ("\u{1112}\u{1161}\u{11ab}", "\u{d55c}"), ("q\u{307}\u{323}", "q\u{323}\u{307}"),
            // Compatibility forms stay apart.
            ("\u{fb01}", "\u{fb01}"),
        ] as [(String, String)]
    )
    func forms(text: String, expected: String) {
        #expect(Array(text.normalised.utf8) == Array(expected.utf8))
        #expect(Array(text.normalised.normalised.utf8) == Array(expected.utf8))
        #expect(ExactText(text.normalised) == ExactText(expected))
    }

    @Test("two spellings are one caller, one scope and one dimension, and two stored names")
    func doors() {
        let (a, b) = ("caf\u{e9}", "cafe\u{301}")
        #expect(ExactText(a) != ExactText(b))
        let caller = Caller(user: b, team: b, application: b)
        for name in [caller.user, caller.team, caller.application, BudgetScope.team(b).key.name] {
            #expect(name.map { ExactText($0) } == ExactText(a))
        }
        #expect(ExactText(Dimension("n", b).value) == ExactText(a))
    }
}
