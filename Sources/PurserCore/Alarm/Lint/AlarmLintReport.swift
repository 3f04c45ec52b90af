/// The result of a check of alarm files.
package struct AlarmLintReport: Sendable {
    package var findings: [AlarmFinding]
    /// What cannot be read.
    package var unreadable: [UnreadableAlarm]
    /// Whether warnings count as errors.
    package var isStrict: Bool

    package init(findings: [AlarmFinding], unreadable: [UnreadableAlarm], isStrict: Bool) {
        self.findings = findings
        self.unreadable = unreadable
        self.isStrict = isStrict
    }

    package var errorCount: Int {
        faultCount + findings.count { severity($0) == .error }
    }

    package var warningCount: Int {
        faultCount + findings.count - errorCount
    }

    private var faultCount: Int {
        unreadable.reduce(0) { $0 + $1.faults.count }
    }

    package func severity(_ finding: AlarmFinding) -> AlarmLintRule.Severity {
        isStrict ? .error : finding.severity
    }
}
