package import PurserCore

/// Alarms as text.
package enum AlarmText {
    /// Returns the alarms with their states, and below them what cannot be read.
    package static func list(
        _ accounts: [AlarmAccount],
        unreadable: [UnreadableAlarm],
        unwatched: [UnreadableAlarm]
    ) -> TextTable {
        let unwatched = Set(unwatched.compactMap(\.name))
        let alarms = accounts.map { account in
            [
                unwatched.contains(account.alarm.name)
                    ? "not watched" : account.record?.state.rawValue ?? "not evaluated",
                account.alarm.name, account.record?.updated.iso8601() ?? "",
                account.acknowledgement?.details() ?? "", account.alarm.runbook ?? "",
                account.mute?.details() ?? "",
            ]
        }
        let others = unreadable.filter(\.kind.mayHoldAlarms).map { other in
            let place = other.place.isEmpty ? other.file : other.file + ": " + other.place
            return ["unreadable", other.name ?? place, "", "", "", ""]
        }
        return TextTable(
            [
                .init("STATE"), .init("ALARM"), .init("SINCE"), .init("ACKNOWLEDGED"),
                .init("RUNBOOK"), .init("MUTED"),
            ],
            rows: alarms + others
        )
    }

    package static func show(_ account: AlarmAccount) throws -> String {
        var lines = [try account.definition.text(indented: true), ""]
        if let record = account.record {
            lines += ["\(record.state.rawValue) since \(record.updated)", record.reason]
            if let by = record.suppression?.phase?.name { lines.append("Actions suppressed by \(by)") }
            if let seen = account.acknowledgement { lines.append(seen.words()) }
        } else {
            lines.append("never evaluated; run purser evaluate")
        }
        if let mute = account.mute { lines.append(mute.words()) }
        lines += account.changes.map { "\($0.time) \(states($0)) \($0.reason)" }
        lines += account.messages.map { message in
            "message \(message.id) \(message.status.rawValue)" + (message.error.map { " (\($0))" } ?? "")
        }
        return lines.joined(separator: "\n")
    }

    /// Returns the text for an alarm that was acknowledged.
    ///
    /// `sender` is the composite alarm that sends messages in place of the alarm.
    package static func acknowledged(_ record: AlarmRecord, _ seen: Acknowledgement, sender: String?) -> String {
        let first = "\(record.name) in ALARM since \(record.updated), \(seen.words())\n"
        if let sender {
            return first + "\(sender) goes on sending reminders; to stop them: purser alarms ack \(sender)"
        }
        return first + "no reminders until "
            + (seen.until.map { "\(SilenceText.second($0)) or until it changes" } ?? "it changes")
    }

    /// Returns the text for an alarm that was muted, or whose mute was ended.
    package static func muted(_ name: String, _ mute: Mute, isEnded: Bool) -> String {
        isEnded
            ? "\(name) is no longer muted; if it is in ALARM, the next evaluation says so"
            : "\(name) \(mute.words())\nits state still changes; at the end one message is sent if it is in ALARM or in another state than now"
    }

    /// Returns a line of the history.
    package static func change(_ change: AlarmTransition) -> String {
        "\(change.time) \(change.name) \(states(change)) \(change.reason)"
    }

    /// Returns a change of state as `OK->ALARM`.
    private static func states(_ change: AlarmTransition) -> String {
        "\(change.oldState.rawValue)->\(change.newState.rawValue)"
    }

    /// Returns the text for a state that was set by hand, and what happened to its messages.
    ///
    /// `sender` is the composite alarm that sends messages in place of the alarm.
    package static func stateSet(
        _ change: AlarmTransition,
        of alarm: AlarmDefinition,
        queued: Int,
        sender: String?
    ) -> String {
        let flags = UnfilledAction.flags(alarm.unfilledActions).joined(separator: " ")
        let reason =
            if let sender {
                "\(sender) sends the messages of \(alarm.name); set \(sender)"
            } else if !alarm.actionsEnabled {
                "the alarm's actions are disabled"
            } else if alarm.actions(for: change.newState).isEmpty {
                ["no topic configured", flags].filter { !$0.isEmpty }.joined(separator: "; set ")
            } else {
                queued == 0 ? "the alarm is muted" : ""
            }
        let count = queued.counted("message") + " queued" + (reason.isEmpty ? "" : ": " + reason)
        return "\(change.time) \(alarm.name) \(states(change)) set by hand; \(count)"
    }

    package static func backtest(_ backtest: Backtest) -> TextTable {
        TextTable(
            [
                .init("ALARM"), .init("FIRED", .trailing), .init("MINUTES IN ALARM", .trailing),
                .init("PAGES A WEEK", .trailing), .init("LAST FIRED"),
            ],
            rows: backtest.results.map { result in
                let last = result.transitions.last { $0.newState == .alarm }
                return [
                    result.name, String(result.fired), decimal(result.minutesInAlarm),
                    decimal(Double(result.pages) / backtest.weeks), last?.time.iso8601() ?? "never",
                ]
            }
        )
    }

    private static func decimal(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// Returns one line for each finding, with faults in files first.
    package static func lint(_ report: AlarmLintReport) -> [String] {
        report.unreadable.flatMap(\.lines).map { "error: \($0)" }
            + report.findings.map { finding in
                let place = "\(finding.file): \(finding.alarm): \(finding.message)"
                return "\(report.severity(finding).rawValue): \(place) [\(finding.rule.rawValue)]"
            }
    }

    package static func test(_ result: AlarmTestResult) -> String {
        let test = result.test
        var lines = ["\(result.isPassed ? "ok  " : "FAIL") \(test.file):\(test.line) \(test.name)"]
        for failure in result.failures {
            lines.append("     line \(failure.line) expected  \(failure.expected)")
            lines.append("       was       \(failure.actual)")
            if let seen = failure.seen { lines.append("       seen      \(seen)") }
        }
        return lines.joined(separator: "\n")
    }
}
