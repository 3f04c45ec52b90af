import ArgumentParser
import PurserCore

/// The option `--format` of `purser cost` and its subcommands, which ArgumentParser reads once for both.
struct CostFormatOption: ParsableArguments {
    @Option(name: .long, help: "The format of the result.")
    var format = CostCommand.Format.text

    /// The format for a subcommand, which writes text and JSON only.
    func ofPlan() throws -> OutputFormat {
        guard let format = OutputFormat(rawValue: format.rawValue) else {
            throw UsageError("--format takes text or json here, not `\(format.rawValue)`")
        }
        return format
    }
}

/// What the rows of a command on past costs are split by.
struct CostKeysOption: ParsableArguments {
    @Option(
        name: .long,
        help: .init(
            "What to split by, separated by commas: \(CostKey.allowed); default: team,model, and model for what-if.",
            valueName: "keys"
        )
    )
    var by: String?

    func keys(standard: [CostKey]) throws -> [CostKey] {
        guard let by else { return standard }
        let keys = try by.split(separator: ",").map { name in
            guard let key = CostKey(name) else { throw UsageError("--by takes \(CostKey.allowed), not `\(name)`") }
            return key
        }
        guard Set(keys).count == keys.count, !keys.isEmpty else { throw UsageError("--by repeats a key or names none") }
        return keys
    }
}

/// Which calls a command on past costs counts.
struct CostPeriodOptions: ParsableArguments {
    @Option(
        name: .long,
        help: "The calendar month, like 2026-11; default: the current one.",
        completion: NameCompletion.months
    )
    var month: String?

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

    func calendarMonth(_ now: Timestamp) throws -> CalendarMonth {
        let current = timeZone.month(containing: now)
        guard let month else { return current }
        guard let parsed = CalendarMonth(month) else {
            throw UsageError("--month takes a month like 2026-11, not `\(month)`")
        }
        guard parsed <= current else { throw UsageError("\(parsed) has not begun yet") }
        return parsed
    }

    func readFilters() throws -> [CostFilter] {
        do {
            return try CostFilter.read(filters)
        } catch {
            throw UsageError("--where: \(error)")
        }
    }

    /// The first of these options that is given; a subcommand that has none of them rejects it.
    var firstGiven: String? {
        if month != nil { return "--month" }
        if !filters.isEmpty { return "--where" }
        return timeZone == .utc ? nil : "--time-zone"
    }
}

@Sendable func readZone(_ text: String) throws -> ClockZone {
    guard let zone = ClockZone(text) else { throw ValidationError("must be \(ClockZone.allowed)") }
    return zone
}
