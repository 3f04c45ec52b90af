import TestSupport
import Testing

/// The first table in a section of a document, as the cells of its rows without the header.
struct Table {
    let rows: [[String]]

    init(_ path: String, section: String) throws {
        let lines = try Repository.lines(path).drop { $0 != "## " + section }
        let table = lines.drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }
        try #require(table.count > 2, "\(path) has no table below \(section)")
        rows = table.dropFirst(2).map { line in
            line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false).map { cell in
                String(cell.trimmingPrefix(while: \.isWhitespace))
            }
        }
    }

    /// Returns the parts of a text that are in backticks.
    static func code(_ text: some StringProtocol) -> [String] {
        String(text).matches(of: /`([^`\n]+)`/).map { String($0.1) }
    }
}
