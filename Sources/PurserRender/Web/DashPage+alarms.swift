import PurserCore

extension DashPage {
    /// What needs a person: the alarms in ALARM with those that they gather, what is muted, the budget, what could not be
    /// sent, and the alarms without data.
    var alarms: HTML {
        var items = verdict.alarms.map { alarm in
            item(alarm, causes: verdict.gathered(by: alarm.name))
        }
        items += verdict.muted.map { alarm in
            item("look", Line("- MUTED", .warning), alarm.name, [words(alarm.mute?.words(text.clock))])
        }
        if let budget = verdict.budget {
            items.append(
                item(
                    "look",
                    Line("! BUDGET", .warning),
                    budget.finding.reason.label,
                    [words(budget.finding.comparison), since(budget.since), delivery(budget.delivery)]
                )
            )
        }
        if verdict.unsent > 0 {
            items.append(item("look", Line("! UNSENT", .warning), "messages", [words(text.unsentText)]))
        }
        if !verdict.noData.isEmpty, verdict.evaluation != .never {
            let names = verdict.noData.map(\.name).joined(separator: ", ")
            items.append(item("look", Line("? NO DATA", .warning), names, []))
        }
        return items.isEmpty ? "" : .section("alarms", "Alarms", "<ul class=\"alarms\">\n\(items)</ul>\n")
    }

    /// Returns an alarm in ALARM. One that gathers others has them below it instead of what it saw itself.
    private func item(_ alarm: DashFrame.AlarmLine, causes: [DashFrame.AlarmLine]) -> HTML {
        let fields = [
            causes.isEmpty ? words(alarm.summary) : nil, since(alarm.since), delivery(alarm.delivery),
            words(alarm.samples.map { "n=" + NumberText.grouped($0) }),
            words(alarm.acknowledgement?.words(text.clock)), words(alarm.mute?.words(text.clock)),
            runbook(alarm.runbook),
        ]
        let below: HTML =
            causes.isEmpty ? "" : "<ul class=\"alarms\">\n\(causes.map { item($0, causes: []) })</ul>\n"
        return item("on", Line("X ALARM", .alarm), alarm.name, fields, below: below)
    }

    private func item(_ kind: String, _ mark: Line, _ name: String, _ fields: [HTML?], below: HTML = "") -> HTML {
        let facts = fields.compactMap(\.self).map { field -> HTML in "<li>\(field)</li>\n" }
        let list: HTML = facts.isEmpty ? "" : "<ul class=\"facts\">\n\(facts)</ul>\n"
        return "<li class=\"\(kind)\">\(mark) <strong>\(name)</strong>\n\(list)\(below)</li>\n"
    }

    private func words(_ text: String?) -> HTML? {
        text.map { text in "\(text)" }
    }

    private func since(_ time: Timestamp?) -> HTML? {
        time.flatMap { time in text.sinceText(time).map { .time(time, $0) } }
    }

    private func delivery(_ delivery: DashFrame.Delivery?) -> HTML? {
        let line = text.delivery(delivery)
        if case .sent(let time) = delivery { return .time(time, line.plain) }
        return line.width == 0 ? nil : "\(line)"
    }

    /// Returns a runbook's path, or its address as a link.
    private func runbook(_ runbook: String?) -> HTML? {
        guard let runbook else { return nil }
        let isAddress = runbook.hasPrefix("https://") || runbook.hasPrefix("http://")
        return isAddress
            ? "runbook <a href=\"\(runbook)\" rel=\"noreferrer\">\(runbook)</a>" : "runbook <code>\(runbook)</code>"
    }
}
