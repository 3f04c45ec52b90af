import Foundation
import Purser
import PurserCore
import PurserStore
import Synchronization
import TestSupport
import Testing

/// The ledger of a crowd's calls, compared with the bill of the fake Bedrock.
enum CrowdLedger {
    /// Compares every row with the bill; returns how many calls were abandoned and settled after their lease ended.
    static func compare(_ store: Store, with bill: [BilledCall], limit: Picodollars) throws -> Int {
        let price = try #require(
            try TestPrices.catalog().price(for: "amazon.nova-lite-v1:0", at: .now, region: "us-east-1")
        )
        let rows = try store.requests(.newest, from: Timestamp(seconds: 0), to: .now + 86_400, limit: 1_000_000)
        let billed = Dictionary(grouping: bill) { String($0.message.prefix { $0 != " " }) }
        let known = Set(rows.compactMap(\.correlationId))
        #expect(billed.keys.filter { !known.contains($0) } == [], "a billed call is missing from the ledger")
        var spent = Picodollars.zero
        for row in rows {
            let charges = try (billed[row.correlationId ?? ""] ?? []).map { try price.cost(of: $0.usage) }
            let charge = charges.reduce(Picodollars.zero, +)
            #expect(row.settledTime != nil)
            // A cost that is not exactly known is marked as estimated, and is never too low.
            #expect(row.isEstimated ? row.cost >= charge : row.cost == charge, "\(row), billed \(charge)")
            spent += row.cost
        }
        let total = try store.monthTotal(CalendarMonth(containing: .now))
        #expect(total.spent == spent && total.held == .zero && total.requests == rows.count)
        #expect(spent <= limit)
        #expect(rows.contains { !$0.isEstimated && $0.cost > .zero } && rows.contains { $0.isEstimated })
        #expect(try store.health().faults == [])
        return rows.count { $0.outcome == Store.abandonedOutcome }
    }
}

/// Repeatedly reads the spent and held amounts of a month.
final class SpendingWatch: Sendable {
    struct Most: Sendable {
        var spending = Picodollars.zero
        var looks = 0
        var error: (any Error)?
    }

    private let most = Mutex(Most())
    private let isOver = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    init(store: Store) {
        Thread.detachNewThread { [self] in
            repeat {
                do {
                    let total = try store.monthTotal(CalendarMonth(containing: .now))
                    most.withLock { most in
                        most.spending = max(most.spending, total.spent + total.held)
                        most.looks += 1
                    }
                } catch {
                    most.withLock { $0.error = error }
                }
            } while isOver.wait(timeout: .now() + .milliseconds(20)) == .timedOut
            ended.signal()
        }
    }

    func end() throws -> Most {
        isOver.signal()
        ended.wait()
        let found = most.withLock { $0 }
        if let error = found.error { throw error }
        return found
    }
}
