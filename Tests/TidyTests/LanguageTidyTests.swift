import Foundation
import TestSupport
import Testing

/// Finds mannered forms that a search can find, in documents, comments, messages and test titles.
@Suite struct LanguageTidyTests {
    private static let banned = [
        "cannot be had", "in vain", "for the sake of", "so to speak", "stands twice", "stand twice", "belongs to no ",
        "belong to no ", "turned away", "put off", "let go of", "lets go of", "for ever ", "for ever.", "for ever,",
        "the moment that",
        "is told ", "are told ", "be told ", "was told ", "were told ", "goes on from", "comes of it", "hoever ",
        " thereby",
        " he ", " him ", " his ", "whereby", "therein", "thereof", "hereby", " upon ",
    ]

    @Test("documents, comments, messages and test titles use plain words")
    func plainWords() throws {
        let documents =
            Repository.files(in: "docs", ending: [".md"]) + ["README.md", "CHANGELOG.md", "deploy/README.md"]
        let code = Repository.sources + Repository.tests + Repository.companions
        for path in documents + code where !path.hasSuffix("LanguageTidyTests.swift") {
            // The bytes of a whole file are searched much faster than its lines are.
            let text = Data(try Repository.text(path).utf8)
            for phrase in Self.banned {
                guard let found = text.range(of: Data(phrase.utf8)) else { continue }
                let rest = text[found.upperBound...].prefix(6)
                if phrase.hasSuffix("told "), rest.starts(with: Data("apart".utf8)) { continue }
                let line = text[..<found.lowerBound].count { $0 == UInt8(ascii: "\n") } + 1
                Issue.record("\(path):\(line): \(phrase)")
            }
        }
    }
}
