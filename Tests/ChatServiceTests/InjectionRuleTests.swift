@testable import ChatService
import TestSupport
import Testing

@Suite struct InjectionRuleTests {
    @Test(
        "the usual attacks are detected",
        arguments: [
            "' OR '1'='1", "' or 1=1--", "\" or \"a\"=\"a", "admin'--", "admin' #'; DROP TABLE users",
            "1 UNION SELECT password FROM users",
            "x' UNION ALL SELECT NULL,NULL--", "1; '; DROP TABLE ledger; --", "'; delete from ledger where 'a'='a",
            "' uNiOn/**/SeLeCt 1", "') or ('x'='x", "' or sleep(5)--", "'; exec xp_cmdshell('dir')", "1 or 1=1 --",
            "'; waitfor delay '0:0:5'--", "' and 1=1", "'; update users set admin=1", "admin'/*", "' || '1'='1",
        ]
    )
    func attacks(text: String) {
        #expect(InjectionRule.matches(text))
    }

    @Test(
        "questions about SQL and ordinary writing are allowed",
        arguments: [
            "How do I write a UNION SELECT in SQL?", "What does DROP TABLE do?",
            "Explain SELECT * FROM users WHERE id = 1;",
            "It's fine; don't delete from the list, I'll do it", "The dogs' bowl; update me tomorrow",
            "He said 'no'; delete it please", "'foo' -- which means bar", "Is 5 or 6 better?", "Rock'n'roll or pop?",
            "Quote: \"to be or not to be\"", "O'Brien and O'Neill like 1 thing", "1 or 2 = 3?", "",
            "It is 10 and 20 < 30 am I right",
            "DELETE FROM logs WHERE day < '2026-01-01';", "UPDATE t SET a = 'b' WHERE c = 'd';",
            "insert into t values ('a', 'b')",
        ]
    )
    func conversation(text: String) {
        #expect(!InjectionRule.matches(text))
    }

    @Test("no text makes the rule fail, and a long text does not take long")
    func anything() {
        var random = TestRandom(3)
        let pieces = [
            "'", "\"", "or", "union", "select", "1", "=", "--", "/*", "*/", ";", "(", ")", " ", "é", "\u{0}", "drop",
            "table", "||",
        ]
        for _ in 0..<2000 {
            let text = (0..<Int(random.next() % 40)).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }
                .joined()
            _ = InjectionRule.matches(text)
        }
        _ = InjectionRule.matches(String(repeating: "')", count: 100_000))
    }
}
