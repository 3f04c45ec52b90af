import GRDB
import PurserCore

/// Why a question about single calls has no answer: they were removed, and only what their days add up to is left.
package struct RemovedCallsError: Error, Equatable, CustomStringConvertible {
    package var path: String
    /// The first day, in UTC, whose calls are needed.
    package var day: String

    package var description: String {
        "the calls of \(day) were removed from \(path) at the end of their retention, and only what that day"
            + " in UTC adds up to is left, by every key but session and hour: a report of single calls, by session or hour,"
            + " as of a time before those calls had ended, or in another time zone than UTC needs a backup from before"
    }
}

/// A part of the ledger that a report reads: single calls, what whole days add up to, or what was learned of the calls of
/// closed months later.
enum LedgerPart: Equatable {
    case calls(Range<Timestamp>)
    /// The calls of a day that were entered after the others had been added up and their removal had begun.
    case lateCalls(day: Int64)
    /// Days since 1970.
    case days(Range<Int64>)
    /// What was learned in a period, which counts in it.
    case learned(Range<Timestamp>)
    /// What was learned of a period's calls, which does not count in it.
    case learnedLater(Range<Timestamp>)
}

extension LedgerPart {
    /// Whether its users have made calls in its period, or have not, as was learned later.
    var hasUsers: Bool {
        if case .learned = self { false } else { true }
    }

    static let dayMilliseconds: Int64 = 86_400_000

    var period: Range<Timestamp> {
        switch self {
        case .calls(let period), .learned(let period), .learnedLater(let period): period
        case .lateCalls(let day): Self.start(ofDay: day)..<Self.start(ofDay: day + 1)
        case .days(let days): Self.start(ofDay: days.lowerBound)..<Self.start(ofDay: days.upperBound)
        }
    }

    /// The part itself, with each calendar month of days as a part of its own.
    var byMonth: [LedgerPart] {
        guard case .days(var days) = self else { return [self] }
        var months: [LedgerPart] = []
        while let first = days.first {
            let next = CalendarMonth(containing: Self.start(ofDay: first)).end.milliseconds / Self.dayMilliseconds
            let end = min(next, days.upperBound)
            months.append(.days(first..<end))
            days = end..<days.upperBound
        }
        return months
    }

    /// The part itself, with each day of single calls as a part of its own.
    func byDay(in zone: ClockZone) -> [LedgerPart] {
        guard case .calls(let period) = self else { return [self] }
        let bounds = zone.bounds(ofPeriod: 86_400, from: period.lowerBound, to: period.upperBound)
        return zip(bounds, bounds.dropFirst()).map { .calls(max($0, period.lowerBound)..<$1) }
    }

    static func start(ofDay day: Int64) -> Timestamp {
        Timestamp(milliseconds: day * dayMilliseconds)
    }

    static func name(ofDay day: Int64) -> String {
        ClockZone.utc.name(ofPeriod: 86_400, at: start(ofDay: day))
    }

    /// The days that are wholly in a period.
    static func wholeDays(_ period: Range<Timestamp>) -> Range<Int64> {
        let first = (period.lowerBound.milliseconds + dayMilliseconds - 1) / dayMilliseconds
        return first..<max(first, period.upperBound.milliseconds / dayMilliseconds)
    }
}

extension Store {
    /// Returns the parts that have each settled call of a query once.
    ///
    /// Throws ``RemovedCallsError`` if a part has to be read call by call whose calls were removed.
    func parts(of query: CostQuery, callByCall: Bool = false, _ db: Database) throws -> [LedgerPart] {
        let (start, end) = (query.period.lowerBound, query.period.upperBound)
        guard start < end else { return [] }
        let whole = LedgerPart.wholeDays(query.period)
        let needsCalls = callByCall || query.needsCalls
        let select = try db.cachedStatement(
            sql: """
                SELECT day, state, last_settled FROM ledger_day
                WHERE day >= ? AND day * \(LedgerPart.dayMilliseconds) < ? AND state <> 'counting' ORDER BY day
                """
        )
        let first = start.milliseconds / LedgerPart.dayMilliseconds
        let rows = try Row.fetchCursor(select, arguments: [first, end.milliseconds])
        var (calls, days, lateDays): ([Range<Timestamp>], [Range<Int64>], [Int64]) = ([], [], [])
        var place = start
        while let row = try rows.next() {
            let day: Int64 = row[0]
            let state = DayState(rawValue: row[1]) ?? .counting
            let isUsable = !needsCalls && whole.contains(day) && row[2] < query.asOf.milliseconds
            guard isUsable else {
                if state.hasCalls { continue }
                throw RemovedCallsError(path: path, day: LedgerPart.name(ofDay: day))
            }
            let next = LedgerPart.start(ofDay: day + 1)
            if place < LedgerPart.start(ofDay: day) { calls.extend(by: place..<LedgerPart.start(ofDay: day)) }
            days.extend(by: day..<day + 1)
            if state == .removing { lateDays.append(day) }
            if state == .removed { calls.extend(by: LedgerPart.start(ofDay: day)..<next) }
            place = next
        }
        if place < end { calls.extend(by: place..<end) }
        // A query runs for each part, so there are as few as possible.
        var parts = calls.map(LedgerPart.calls) + days.map(LedgerPart.days) + lateDays.map(LedgerPart.lateCalls)
        guard query.hasCorrections else { return parts }
        let hasCorrections = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM ledger_correction)")
        if try Bool.fetchOne(hasCorrections) == true { parts += [.learned(query.period), .learnedLater(query.period)] }
        return parts
    }

    /// What the totals of a day are worth, as in the table `ledger_day`.
    enum DayState: String {
        case counting
        case counted
        case removing
        case removed

        /// Whether each call of the day is in the ledger.
        var hasCalls: Bool { self != .removing && self != .removed }
    }

    /// Whether the calls of a day in a period were removed, or are being removed.
    func hasRemovedCalls(_ period: Range<Timestamp>, _ db: Database) throws -> Bool {
        let select = try db.cachedStatement(
            sql: """
                SELECT EXISTS (SELECT 1 FROM ledger_day WHERE state IN ('removing', 'removed')
                    AND (day + 1) * \(LedgerPart.dayMilliseconds) > ? AND day * \(LedgerPart.dayMilliseconds) < ?)
                """
        )
        let arguments: StatementArguments = [period.lowerBound.milliseconds, period.upperBound.milliseconds]
        return try Bool.fetchOne(select, arguments: arguments) ?? false
    }

    /// Whether calls are being removed, whose days' totals have them already.
    func isRemoving(_ db: Database) throws -> Bool {
        let sql = "SELECT EXISTS (SELECT 1 FROM ledger_day WHERE state = 'removing')"
        return try Bool.fetchOne(db.cachedStatement(sql: sql)) ?? false
    }

    /// The condition for calls that no totals of removed days have.
    static let isNotInTotals = """
        NOT EXISTS (SELECT 1 FROM ledger_day
            WHERE day = time / \(LedgerPart.dayMilliseconds) AND state = 'removing' AND ledger.id <= last_id)
        """

    /// Returns what a source's calls of removed days add up to.
    func removedTotal(_ days: Range<Int64>, _ source: CallSource, _ db: Database) throws -> MonthTotal {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT coalesce(sum(requests), 0), coalesce(sum(cost_dollars), 0), coalesce(sum(cost_rest), 0)
                FROM ledger_day_total WHERE detail = 0 AND day >= ?1 AND day < ?2 AND source = ?3 AND day IN (
                    SELECT day FROM ledger_day WHERE state IN ('removing', 'removed') AND day >= ?1 AND day < ?2)
                """,
            arguments: [days.lowerBound, days.upperBound, source.rawValue]
        )
        return MonthTotal(requests: row?[0] ?? 0, spent: row.map { Self.sum($0, at: 1) } ?? .zero, held: .zero)
    }

    /// Returns the days, since 1970 in UTC, whose calls were removed, or are being removed.
    package func daysWithoutCalls() throws -> Set<Int64> {
        try read { db in
            Set(try Int64.fetchAll(db, sql: "SELECT day FROM ledger_day WHERE state IN ('removing', 'removed')"))
        }
    }
}

extension Array {
    /// Adds a range to ascending ones, as a part of the last one if it begins where that ends.
    fileprivate mutating func extend<Bound>(by range: Element) where Element == Range<Bound> {
        guard let known = last, known.upperBound == range.lowerBound else { return append(range) }
        self[count - 1] = known.lowerBound..<range.upperBound
    }
}

extension CostQuery {
    /// Whether the totals of days in UTC do not know enough.
    fileprivate var needsCalls: Bool {
        let keys = keys + filters.map(\.key)
        return keys.contains { $0 == .session || $0 == .hour || $0 == .day && zone != .utc }
    }

    /// Whether the totals have to be those by user and tags.
    var needsDetail: Bool {
        (keys + filters.map(\.key)).contains { key in
            switch key {
            case .user, .tag, .tags: true
            default: false
            }
        }
    }
}
