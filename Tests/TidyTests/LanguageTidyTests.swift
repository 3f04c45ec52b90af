import TestSupport
import Testing

/// Finds mannered or translated forms that a pattern can tell, in documents, comments, messages and test titles.
@Suite struct LanguageTidyTests {
    private static let banned = [
        "cannot be had", "in vain", "for the sake of", "so to speak", "stands? twice", "belongs? to no",
        "is no [a-z]+ (?:in|of|for)", "turned away", "put off", "lets? go of", "folded in", "for ever",
        "the moment that",
        "(?:is|are|be|was|were) told(?! apart)", "goes? on from", "comes? of it", "[Ww]hoever", "[Nn]obody", "he",
        "him",
        "his", "thereby", "whereby", "therein", "thereof", "hereby", "upon",
    ]

    @Test("documents, comments, messages and test titles use plain words")
    func plainWords() throws {
        let pattern = try Regex("\\b(?:" + Self.banned.joined(separator: "|") + ")\\b")
        let documents =
            Repository.files(in: "docs", ending: [".md"]) + ["README.md", "CHANGELOG.md", "deploy/README.md"]
        let code = Repository.sources + Repository.tests + Repository.companions
        for path in documents + code where !path.hasSuffix("LanguageTidyTests.swift") {
            for (number, line) in try Repository.lines(path).enumerated() where Self.isText(line, in: path) {
                let found = line.firstMatch(of: pattern).map { String(line[$0.range]) }
                #expect(found == nil, "\(path):\(number + 1): \(found ?? "")")
            }
        }
    }

    /// Whether a line is, or contains, text that a person reads.
    private static func isText(_ line: Substring, in path: String) -> Bool {
        path.hasSuffix(".md") || line.utf8.contains(UInt8(ascii: "\"")) || line.contains("//")
    }
}
