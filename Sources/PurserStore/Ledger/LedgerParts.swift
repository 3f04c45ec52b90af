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

/// A part of the ledger that a report reads: single calls, or what whole days add up to.
enum LedgerPart: Equatable {
    case calls(Range<Timestamp>)
    /// Days since 1970.
    case days(Range<Int64>)
}

extension LedgerPart {
    static let dayMilliseconds: Int64 = 86_400_000

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
        var parts: [LedgerPart] = []
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
            if place < LedgerPart.start(ofDay: day) { parts.append(.calls(place..<LedgerPart.start(ofDay: day))) }
            if case .days(let known)? = parts.last, known.upperBound == day {
                parts[parts.count - 1] = .days(known.lowerBound..<day + 1)
            } else {
                parts.append(.days(day..<day + 1))
            }
            // Calls that were entered after the others of their day had been removed.
            if state == .removed { parts.append(.calls(LedgerPart.start(ofDay: day)..<next)) }
            place = next
        }
        if place < end { parts.append(.calls(place..<end)) }
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

    /// Returns the days, since 1970 in UTC, whose calls were removed, or are being removed.
    package func daysWithoutCalls() throws -> Set<Int64> {
        try read { db in
            Set(try Int64.fetchAll(db, sql: "SELECT day FROM ledger_day WHERE state IN ('removing', 'removed')"))
        }
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
