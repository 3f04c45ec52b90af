package import PurserCore

/// The rows of a cost report as CSV (RFC 4180), without a row for the total.
package enum CostCSV {
    /// Returns a header and a row each, with lines that end with CR LF.
    ///
    /// The columns are the report's keys, `requests`, `inputTokens`, `outputTokens`, `cacheReadTokens`, `cacheWriteTokens`
    /// and `cost`, in US dollars with all twelve decimals. A name that a spreadsheet would take for a formula has an
    /// apostrophe before it. If a name has other characters than ASCII, the text begins with the byte order mark by which
    /// spreadsheets know UTF-8.
    package static func text(_ report: CostReport) -> String {
        let counts = ["requests", "inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "cost"]
        let header = report.keys.map { field($0.name) } + counts
        let rows = report.rows.filter { $0.requests > 0 }.map { row in
            row.keys.map { $0.map(field) ?? "" } + [
                String(row.requests), String(row.usage.input), String(row.usage.output), String(row.usage.cacheRead),
                String(row.usage.cacheWrite), row.cost.description,
            ]
        }
        let text = ([header] + rows).map { $0.joined(separator: ",") + "\r\n" }.joined()
        return (text.utf8.allSatisfy { $0 < 0x80 } ? "" : "\u{feff}") + text
    }

    private static let formulaStarts: Set<Character> = ["=", "+", "-", "@", "\t", "\r"]

    private static func field(_ text: String) -> String {
        let guarded = text.first.map(formulaStarts.contains) == true ? "'" + text : text
        return CSVReader.quoted(guarded)
    }
}
