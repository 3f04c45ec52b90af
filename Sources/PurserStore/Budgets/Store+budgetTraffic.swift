import GRDB
package import PurserCore

/// What the calls of several scopes did in the bins of a time.
package struct BudgetTraffic: Sendable, Equatable {
    /// All calls.
    package var whole: [TrafficBin]
    /// The calls of each scope that was asked for.
    package var scopes: [BudgetScope: [TrafficBin]]
}

extension Store {
    /// Returns the live calls of each scope in bins of `period` seconds from `from` to `to`, whole periods apart, from one
    /// pass over the ledger. Scopes for each name are ignored.
    package func budgetTraffic(of scopes: Set<BudgetScope>, from: Timestamp, to: Timestamp, period: Int) throws
        -> BudgetTraffic
    {
        let count = max(0, Int((to - from) / 1000) / period)
        let empty = (0..<count).map { TrafficBin(start: from + $0 * period, seconds: period, requests: 0, dollars: 0) }
        let named = scopes.filter { $0.kind != .all && !$0.isEach }
        var traffic = BudgetTraffic(
            whole: empty,
            scopes: Dictionary(uniqueKeysWithValues: named.map { ($0, empty) })
        )
        let kinds = BudgetScope.Kind.named.filter { kind in named.contains { $0.kind == kind } }
        // A day at a time, because an open read keeps the log of the store's changes from being emptied.
        let step = max(period, 86_400 / period * period)
        for first in stride(from: 0, to: count * period, by: step) {
            let day = (from + first)..<(from + min(first + step, count * period))
            try read { db in try add(day, of: named, by: kinds, to: &traffic, from: from, period: period, db) }
        }
        if scopes.contains(.all) { traffic.scopes[.all] = traffic.whole }
        return traffic
    }

    private func add(
        _ time: Range<Timestamp>,
        of scopes: Set<BudgetScope>,
        by kinds: [BudgetScope.Kind],
        to traffic: inout BudgetTraffic,
        from: Timestamp,
        period: Int,
        _ db: Database
    ) throws {
        var arguments: [any DatabaseValueConvertible] = [from.milliseconds, Int64(period) * 1000]
        // Names without a budget are one group, so that any number of them takes no memory.
        let columns = kinds.map { kind in
            let names = scopes.filter { $0.kind == kind }.compactMap(\.name).sorted()
            arguments += names
            let marks = Array(repeating: "?", count: names.count).joined(separator: ", ")
            return ", CASE WHEN \(kind.rawValue) IN (\(marks)) THEN \(kind.rawValue) END"
        }
        arguments += [time.lowerBound.milliseconds, time.upperBound.milliseconds]
        let dollar = Picodollars.dollar.rawValue
        let groups = (1...kinds.count + 1).map { "\($0)" }.joined(separator: ", ")
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT (time - ?) / ?\(columns.joined()), count(*), sum(cost / \(dollar)), sum(cost % \(dollar))
                FROM ledger WHERE time >= ? AND time < ? AND source = 'live' GROUP BY \(groups)
                """,
            arguments: StatementArguments(arguments)
        )
        while let row = try rows.next() {
            let sums = kinds.count + 1
            let (whole, rest): (Int64, Int64) = (row[sums + 1], row[sums + 2])
            let (requests, dollars): (Int, Double) = (row[sums], Double(whole) + Double(rest) / Double(dollar))
            let bin: Int = row[0]
            guard traffic.whole.indices.contains(bin) else { continue }
            traffic.whole[bin].requests += Double(requests)
            traffic.whole[bin].dollars += dollars
            for (column, kind) in kinds.enumerated() {
                guard let name: String = row[column + 1] else { continue }
                traffic.scopes[.named(kind, name)]?[bin].requests += Double(requests)
                traffic.scopes[.named(kind, name)]?[bin].dollars += dollars
            }
        }
    }
}
