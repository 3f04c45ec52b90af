/// The result of a check of alarm files.
package struct AlarmLintReport: Sendable {
    package var findings: [AlarmFinding]
    /// The faults of files that cannot be read.
    package var faults: [Diagnostic]
    /// Whether warnings count as errors.
    package var isStrict: Bool

    package init(findings: [AlarmFinding], faults: [Diagnostic], isStrict: Bool) {
        self.findings = findings
        self.faults = faults
        self.isStrict = isStrict
    }

    package var errorCount: Int {
        faults.count + findings.count { severity($0) == .error }
    }

    package var warningCount: Int {
        faults.count + findings.count - errorCount
    }

    package func severity(_ finding: AlarmFinding) -> AlarmLintRule.Severity {
        isStrict ? .error : finding.severity
    }
}
