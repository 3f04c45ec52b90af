import PurserCore

extension DashText {
    /// One or more lines for each problem; alarms that are OK appear only in the verdict's count.
    ///
    /// More than eight alarms are folded. On a narrow screen each problem has one line if they would fill it otherwise: the
    /// verdict, the alarms and the signals fit 24 rows of 80 columns.
    var alarmLines: [Line] {
        let alarms = verdict.alarms.flatMap(entries)
        var others = verdict.muted.map(mutedEntry)
        if let budget = verdict.budget { others.append(entry(budget)) }
        if let unsent = unsentEntry { others.append(unsent) }
        let markWidth = ((alarms + others).map(\.mark.width) + [verdict.noData.isEmpty ? 0 : 9]).max() ?? 0
        let noData = noDataLines(markWidth: markWidth)

        let shown = fold(alarms, to: Self.mostAlarms)
        let whole = table(shown.entries + others, markWidth: markWidth)
        let lines = whole + shown.note + noData
        let room = isStacked ? Self.mostAlarms : Self.firstScreen - aboveAlarms.count - 1 - signalLines.count
        guard width < 100, lines.count > room else { return lines }
        let few = fold(alarms, to: max(Self.fewestAlarms, room - others.count - noData.count))
        return (few.entries + others).map { brief($0, indent: markWidth + 1) } + few.note + noData
    }

    private static let mostAlarms = 8
    /// The rows of a terminal.
    private static let firstScreen = 24
    private static let fewestAlarms = 3

    /// Returns the first alarms and a line that says how many are not shown.
    private func fold(_ alarms: [Entry], to most: Int) -> (entries: [Entry], note: [Line]) {
        guard alarms.count > most else { return (alarms, []) }
        let more = alarms.count - (most - 1)
        let note = Line("  and \(more) more in ALARM", .alarm)
        let whole = Line("  and \(more) more in ALARM: \(frame.program) alarms list", .alarm)
        return (Array(alarms.prefix(most - 1)), [whole.width <= width ? whole : note])
    }

    /// Returns an entry on one line, with those of its fields that fit.
    private func brief(_ entry: Entry, indent: Int) -> Line {
        var line = entry.mark
        line.pad(to: indent)
        line.append(entry.fields[0])
        for (column, field) in entry.fields.enumerated().dropFirst() {
            let fitting = [field, column == 2 ? entry.age : Line()].first { shown in
                shown.width > 0 && line.width + 2 + shown.width <= width
            }
            guard let fitting else { continue }
            line.append("  ")
            line.append(fitting)
        }
        return line
    }

    private struct Entry {
        var mark: Line
        /// The name, the finding, its start, the delivery of its message, and the samples; blank if unknown.
        var fields: [Line]
        /// How long its state has lasted, if the whole third field does not fit.
        var age = Line()
        var below: [Line] = []
    }

    /// Returns an alarm, and below it those that it gathers.
    private func entries(_ alarm: DashFrame.AlarmLine) -> [Entry] {
        let causes = verdict.gathered(by: alarm.name)
        if causes.isEmpty { return [entry(alarm, runbook: alarm.runbook)] }
        var first = alarm
        first.summary = nil
        return [entry(first, runbook: first.runbook)]
            + causes.map { cause in
                var child = entry(cause, runbook: nil)
                child.mark = Line("  ALARM", .alarm)
                child.fields[0] = Line(cause.name)
                return child
            }
    }

    private func entry(_ alarm: DashFrame.AlarmLine, runbook: String?) -> Entry {
        Entry(
            mark: Line("X ALARM", .alarm),
            fields: [
                Line(alarm.name, .heading),
                Line(alarm.summary ?? ""),
                Line(sinceText(alarm.since) ?? ""),
                delivery(alarm.delivery),
                Line(alarm.samples.map { "n=" + NumberText.grouped($0) } ?? ""),
            ],
            age: Line(alarm.since.map { age(of: $0) } ?? ""),
            below: [
                alarm.acknowledgement?.words(clock), alarm.mute?.words(clock), runbook,
            ].compactMap { $0.map { Line($0) } }
        )
    }

    func clock(_ time: Timestamp) -> String {
        NumberText.clock(time, seenFrom: frame.at)
    }

    private func mutedEntry(_ alarm: DashFrame.AlarmLine) -> Entry {
        Entry(
            mark: Line("- MUTED", .warning),
            fields: [Line(alarm.name, .heading), Line(alarm.mute?.words(clock) ?? "")]
        )
    }

    func delivery(_ delivery: DashFrame.Delivery?) -> Line {
        switch delivery {
        case .sent(let time): Line("sent " + NumberText.clock(time, seenFrom: frame.at))
        case .pending: Line("not sent yet", .warning)
        case .failed: Line("NOT DELIVERED", .alarm)
        case .noTopic: Line("no topic configured", .warning)
        case .suppressed(let name, nil): Line("held back by \(name)")
        case .suppressed(let name, let until?): Line("held back until \(clock(until)), waiting for \(name)")
        case .notSent: Line("not sent", .warning)
        case nil: Line()
        }
    }

    private func entry(_ budget: DashFrame.BudgetLine) -> Entry {
        Entry(
            mark: Line("! BUDGET", .warning),
            fields: [
                Line(budget.finding.reason.label, .heading), Line(budget.finding.comparison),
                Line(sinceText(budget.since) ?? ""), delivery(budget.delivery),
            ],
            age: Line(budget.since.map { age(of: $0) } ?? "")
        )
    }

    func sinceText(_ time: Timestamp?) -> String? {
        time.map { age(of: $0) + ", since " + NumberText.clock($0, seenFrom: frame.at) }
    }

    private var unsentEntry: Entry? {
        guard verdict.unsent > 0 else { return nil }
        return Entry(mark: Line("! UNSENT", .warning), fields: [Line("messages", .heading), Line(unsentText)])
    }

    /// How many messages are not sent: `1 given up, 2 waiting to be sent`.
    var unsentText: String {
        let counts = [(frame.failedNotifications, "given up"), (frame.pendingNotifications, "waiting to be sent")]
        return counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }

    private func table(_ entries: [Entry], markWidth: Int) -> [Line] {
        let indent = markWidth + 1
        let columns = (0..<5).map { column in
            entries.map { $0.fields.indices.contains(column) ? $0.fields[column].width : 0 }.max() ?? 0
        }
        let total = indent + columns.reduce(0) { $0 + ($1 > 0 ? $1 + 2 : 0) } - 2
        return entries.flatMap { entry in
            guard total <= width else { return wrapped(entry, indent) }
            return [row(entry, columns, indent)] + entry.below.map { $0.rightAligned(in: $0.width + indent) }
        }
    }

    private func row(_ entry: Entry, _ columns: [Int], _ indent: Int) -> Line {
        var line = entry.mark
        var end = indent
        for (field, column) in zip(entry.fields, columns) where column > 0 {
            line.pad(to: end)
            line.append(field)
            end += column + 2
        }
        return line
    }

    private func wrapped(_ entry: Entry, _ indent: Int) -> [Line] {
        var fields = entry.fields
        var first = entry.mark
        first.pad(to: indent)
        first.append(fields.removeFirst())
        return Line.flow([first] + fields + entry.below, width: width, indent: indent)
    }

    private func noDataLines(markWidth: Int) -> [Line] {
        guard !verdict.noData.isEmpty, verdict.evaluation != .never else { return [] }
        let names = verdict.noData.map(\.name)
        var fragments = names.enumerated().map { Line($1 + ($0 < names.count - 1 ? "," : "")) }
        var first = Line("? NO DATA", .warning)
        first.pad(to: markWidth + 1)
        first.append(fragments.removeFirst())
        return Line.flow([first] + fragments, width: width, separator: " ", indent: markWidth + 1)
    }
}

extension BudgetFinding {
    /// `$0.43 > $0.10 (427 %)`, with as many decimals as tell the two amounts apart.
    var comparison: String {
        let (amount, threshold) = ComparedText.dollars(amount, threshold)
        let share = NumberText.share(of: self.amount, in: limit)
        return switch reason {
        case .overLimit: "\(amount) > \(threshold) (\(share))"
        case .forecastOverLimit: "\(amount) > \(threshold) (\(share))"
        case .aheadOfPlan: "\(amount) > \(threshold) (\(share) of \(limit.inDollars), in two days)"
        }
    }
}

extension BudgetFinding.Reason {
    /// The short name on the screen.
    var label: String {
        switch self {
        case .overLimit: "spent"
        case .forecastOverLimit: "forecast"
        case .aheadOfPlan: "ahead of plan"
        }
    }
}
