package import PurserCore

/// What a check of a FOCUS dataset found, a line for each violation.
package enum FocusVerdictText {
    package static func text(_ verdict: FocusVerdict) -> String {
        let checked = "\(verdict.rows.counted("row")), \(verdict.rules.counted("rule")) checked"
        if verdict.isValid { return checked }
        var lines = verdict.violations.map(\.description)
        if verdict.more > 0 { lines.append("and \(verdict.more) more of these rules") }
        return (lines + [checked + ", violated: \(verdict.violations.count + verdict.more)"]).joined(separator: "\n")
    }
}
