package import PurserCore

/// The results of checking alarm files, for programs.
extension AlarmJSON {
    /// Returns what alarms would have done: schema `purser.alarms-backtest/1`.
    package static func backtest(_ backtest: Backtest) -> JSONValue {
        let rows = backtest.results.map { result -> JSONValue in
            [
                "name": .string(result.name),
                "fired": .integer(result.fired),
                "minutesInAlarm": .number(result.minutesInAlarm),
                "pages": .integer(result.pages),
                "pagesPerWeek": .number(Double(result.pages) / backtest.weeks),
                "exactFrom": JSONValue(result.exactFrom?.iso8601()),
                "changes": .array(
                    result.transitions.map { change in
                        [
                            "time": .string(change.time.iso8601()), "oldState": .string(change.oldState.rawValue),
                            "newState": .string(change.newState.rawValue), "stateReason": .string(change.reason),
                        ]
                    }
                ),
            ]
        }
        return JSONValue(
            schema: "purser.alarms-backtest/1",
            [
                "from": .string(backtest.from.iso8601()), "to": .string(backtest.to.iso8601()),
                "alarms": .array(rows),
            ]
        )
    }

    /// Returns findings about alarms and faults in their files: schema `purser.alarms-lint/1`.
    package static func lint(_ report: AlarmLintReport) -> JSONValue {
        let faults = report.unreadable.flatMap { alarm in
            alarm.faults.map { fault -> JSONValue in
                .object(
                    [
                        .init("rule", "unreadable"),
                        .init("severity", .string(AlarmLintRule.Severity.error.rawValue)),
                        .init("alarm", JSONValue(alarm.name)),
                    ] + fault.members
                )
            }
        }
        let findings = report.findings.map { finding -> JSONValue in
            [
                "rule": .string(finding.rule.rawValue), "severity": .string(report.severity(finding).rawValue),
                "alarm": .string(finding.alarm), "file": .string(finding.file), "key": .null,
                "message": .string(finding.message),
            ]
        }
        return JSONValue(schema: "purser.alarms-lint/1", ["findings": .array(faults + findings)])
    }

    /// Returns the results of alarm tests: schema `purser.alarms-test/1`.
    package static func tests(_ results: [AlarmTestResult]) -> JSONValue {
        let tests = results.map { result -> JSONValue in
            let failures = result.failures.map { failure -> JSONValue in
                [
                    "line": .integer(failure.line), "expected": .string(failure.expected),
                    "actual": .string(failure.actual), "seen": JSONValue(failure.seen),
                ]
            }
            return [
                "name": .string(result.test.name), "file": .string(result.test.file),
                "line": .integer(result.test.line), "passed": .bool(result.isPassed), "failures": .array(failures),
            ]
        }
        let failed = results.count { !$0.isPassed }
        return JSONValue(
            schema: "purser.alarms-test/1",
            ["passed": .integer(results.count - failed), "failed": .integer(failed), "tests": .array(tests)]
        )
    }
}
