import PurserCore

extension DashText {
    /// One or more lines for each problem; alarms that are OK appear only in the verdict's count.
    var alarmLines: [Line] {
        var entries = verdict.alarms.map(entry)
        if let budget = verdict.budget { entries.append(entry(budget)) }
        if let unsent = unsentEntry { entries.append(unsent) }
        let markWidth = (entries.map(\.mark.width) + [verdict.noData.isEmpty ? 0 : 9]).max() ?? 0
        return table(entries, markWidth: markWidth) + noDataLines(markWidth: markWidth)
    }

    private struct Entry {
        var mark: Line
        /// The name, the finding, its start, the delivery of its message, and the samples; blank if unknown.
        var fields: [Line]
        var below: Line?
    }

    private func entry(_ alarm: DashFrame.AlarmLine) -> Entry {
        let since = alarm.since.map { age(of: $0) + ", since " + NumberText.clock($0, seenFrom: frame.at) }
        return Entry(
            mark: Line("X ALARM", .alarm),
            fields: [
                Line(alarm.name, .heading),
                Line(alarm.summary ?? ""),
                Line(since ?? ""),
                delivery(alarm.delivery),
                Line(alarm.samples.map { "n=" + NumberText.grouped($0) } ?? ""),
            ],
            below: alarm.runbook.map { Line($0) }
        )
    }

    private func delivery(_ delivery: DashFrame.Delivery?) -> Line {
        switch delivery {
        case .sent(let time): Line("sent " + NumberText.clock(time, seenFrom: frame.at))
        case .pending: Line("not sent yet", .warning)
        case .failed: Line("NOT DELIVERED", .alarm)
        case .noTopic: Line("no topic configured", .warning)
        case nil: Line()
        }
    }

    private func entry(_ budget: DashFrame.BudgetLine) -> Entry {
        let limit = budget.limit.inDollars
        let bound = budget.thresholdPercent == 100 ? limit : threshold(budget) + " of " + limit
        let share = NumberText.percent(budget.amount.dollars / budget.limit.dollars * 100)
        let amount = (budget.kind == .forecasted ? "run rate " : "") + budget.amount.inDollars
        return Entry(
            mark: Line("! BUDGET", .warning),
            fields: [Line(budget.kind.label, .heading), Line("\(amount) > \(bound) (\(share))")]
        )
    }

    private func threshold(_ budget: DashFrame.BudgetLine) -> String {
        NumberText.count(budget.thresholdPercent) + " %"
    }

    private var unsentEntry: Entry? {
        guard verdict.unsent > 0 else { return nil }
        let counts = [(frame.failedNotifications, "given up"), (frame.pendingNotifications, "waiting to be sent")]
        let text = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        return Entry(mark: Line("! UNSENT", .warning), fields: [Line("messages", .heading), Line(text)])
    }

    private func table(_ entries: [Entry], markWidth: Int) -> [Line] {
        let indent = markWidth + 1
        let columns = (0..<5).map { column in
            entries.map { $0.fields.indices.contains(column) ? $0.fields[column].width : 0 }.max() ?? 0
        }
        let total = indent + columns.reduce(0) { $0 + ($1 > 0 ? $1 + 2 : 0) } - 2
        return entries.flatMap { entry in
            guard total <= width else { return wrapped(entry, indent) }
            let below = entry.below.map { $0.rightAligned(in: $0.width + indent) }
            return [row(entry, columns, indent)] + [below].compactMap { $0 }
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
        return Line.flow([first] + fields + [entry.below ?? Line()], width: width, indent: indent)
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
