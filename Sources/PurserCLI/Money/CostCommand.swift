import ArgumentParser
import Purser
import PurserCore
import PurserRender
import PurserStore

struct CostCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cost",
        abstract: "Reports what a month cost, by model, team and more, exact to the last picodollar."
    )

    /// The format of a report: JSON is `purser.cost/1`.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text
        case json
        case csv
        case focus
    }

    @OptionGroup var global: GlobalOptions
    @OptionGroup var drawing: DrawingOptions

    @Option(name: .long, help: "The format of the result.")
    var format = Format.text

    @Option(
        name: .long,
        help: "The calendar month, like 2026-11; default: the current one.",
        completion: NameCompletion.months
    )
    var month: String?

    @OptionGroup var asOf: AsOfOption

    @Option(
        name: .long,
        help: "What to split by, separated by commas: \(CostKey.allowed); default: \(Self.usualKeys)."
    )
    var by: String?

    private static let usualKeys = "team,model"

    @Option(
        name: .customLong("where"),
        help: .init(
            "Only calls with these values: team=support,model=ID; an empty value is that of calls without one. Values of one key are alternatives; may be repeated.",
            valueName: "key=value"
        )
    )
    var filters: [String] = []

    @Option(
        name: .long,
        help: "In whose calendar months, days and hours begin: \(ClockZone.allowed).",
        transform: readZone
    )
    var timeZone = ClockZone.utc

    @OptionGroup var focus: FocusOptions

    func run() throws {
        try reporting {
            let account = try focus.account(of: self)
            let session = Session(global)
            let now = asOf.time
            let store = try session.store(.existing)
            let (month, keys, filters) = (try calendarMonth(now), try keys(), try readFilters())
            if let account {
                let focus = try store.snapshot {
                    try FocusDataset.read(month, asOf: now, where: filters, account: account, from: store)
                }
                return try self.focus.report(focus.dataset, focus.context)
            }
            try session.withAlertBudget { budget in
                let report = try store.snapshot {
                    try CostReport(
                        month,
                        asOf: now,
                        by: keys,
                        where: filters,
                        in: timeZone,
                        from: session.reader(store),
                        budget: budget?.limit
                    )
                }
                switch format {
                case .json: show(CostJSON.value(report))
                case .csv: show(CostCSV.text(report), end: "")
                case .text, .focus:
                    let style = drawing.style(session.environment)
                    show(CostText.render(report, style: style, isTableCut: drawing.cutsTables))
                    try store.sayIfLimitDiffers(from: budget?.limit)
                }
            }
        }
    }

    private func calendarMonth(_ now: Timestamp) throws -> CalendarMonth {
        let current = timeZone.month(containing: now)
        guard let month else { return current }
        guard let parsed = CalendarMonth(month) else {
            throw UsageError("--month takes a month like 2026-11, not `\(month)`")
        }
        guard parsed <= current else { throw UsageError("\(parsed) has not begun yet") }
        return parsed
    }

    private func keys() throws -> [CostKey] {
        let keys = try (by ?? Self.usualKeys).split(separator: ",").map { name in
            guard let key = CostKey(name) else { throw UsageError("--by takes \(CostKey.allowed), not `\(name)`") }
            return key
        }
        guard Set(keys).count == keys.count, !keys.isEmpty else { throw UsageError("--by repeats a key or names none") }
        return keys
    }

    private func readFilters() throws -> [CostFilter] {
        do {
            return try CostFilter.read(filters)
        } catch {
            throw UsageError("--where: \(error)")
        }
    }
}

@Sendable func readZone(_ text: String) throws -> ClockZone {
    guard let zone = ClockZone(text) else { throw ValidationError("must be \(ClockZone.allowed)") }
    return zone
}
