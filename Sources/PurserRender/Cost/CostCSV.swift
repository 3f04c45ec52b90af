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
        return self.text(lines: [header] + rows)
    }

    /// Returns lines of fields that are quoted already.
    static func text(lines: [[String]]) -> String {
        let text = lines.map { $0.joined(separator: ",") + "\r\n" }.joined()
        return (text.utf8.allSatisfy { $0 < 0x80 } ? "" : "\u{feff}") + text
    }

    private static let formulaStarts = Set("=+-@\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}".unicodeScalars)

    static func field(_ text: String) -> String {
        // Blanks and invisible characters do not keep a spreadsheet from reading what follows.
        let first = text.unicodeScalars.first { scalar in
            !scalar.properties.isWhitespace && scalar.properties.generalCategory != .format
        }
        let guarded = first.map(formulaStarts.contains) == true ? "'" + text : text
        let quoted = CSVReader.quoted(guarded)
        // Some spreadsheets separate cells at these.
        return quoted == guarded && guarded.contains { $0 == ";" || $0 == "\t" } ? "\"" + guarded + "\"" : quoted
    }
}
