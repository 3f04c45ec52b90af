import ArgumentParser
import PurserCore

/// The options of `purser cost` that list the calls behind a figure.
struct ExplainOptions: ParsableArguments {
    @Option(
        name: .customLong("explain"),
        help: .init(
            "List the calls behind a row of the report instead: team=support,day=2026-11-24. Its keys are those of --by; may be repeated.",
            valueName: "key=value"
        )
    )
    var figure: [String] = []

    @Option(
        name: .long,
        help: .init(
            "For --explain, list at most this many calls, the dearest first; default: 50.",
            valueName: "number"
        ),
        transform: RowLimit.read
    )
    var limit: Int?

    private static let usualLimit = 50

    var rows: Int { limit ?? Self.usualLimit }

    /// The first of these options that is given.
    var firstGiven: String? {
        figure.isEmpty ? limit.map { _ in "--limit" } : "--explain"
    }

    /// Narrows a query to the figure; nil if none is named.
    func narrowed(_ query: CostQuery) throws -> CostQuery? {
        if figure.isEmpty {
            if limit != nil { throw UsageError("--limit is for --explain") }
            return nil
        }
        var query = query
        do {
            try query.narrow(toFigure: figure)
        } catch {
            throw UsageError("--explain: \(error)")
        }
        return query
    }
}
