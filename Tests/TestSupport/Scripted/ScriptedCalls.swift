import Foundation
package import PurserCore
package import PurserStore
import Synchronization

/// Calls that a process enters in the ledger with group commit, and their acknowledged steps.
package struct ScriptedCalls: Sendable {
    package static let start = Timestamp(year: 2026, month: 11, day: 16, hour: 18)
    package static let team = "support"
    package static let leaseSeconds = 60
    package static let limit = Picodollars.dollar

    /// Budgets of five scopes over four windows.
    package static let budgets = [
        BudgetScope.team(team), .each(.user), .accessKey("key"), .application("chat"), .each(.session),
    ].flatMap { scope in BudgetWindow.allCases.map { Budget(scope: scope, window: $0, limit: limit) } }

    /// Part of the calls' ids.
    package let process: String
    package let rounds: Int
    /// The number of calls in a round, which are made concurrently.
    package let callers: Int

    package init(process: String, rounds: Int, callers: Int) {
        self.process = process
        self.rounds = rounds
        self.callers = callers
    }

    /// A call by its number: its hold, whether the hold is doubled, and its cost if it ends.
    package struct Call: Sendable {
        package let id: String
        package let hold: Picodollars
        package let isRaised: Bool
        /// Nil if the call never ends, as if its process hung.
        package let cost: Picodollars?
    }

    package var calls: [Call] {
        (0..<rounds * callers).map { (number: Int) -> Call in
            let hold = Picodollars(Int128(1000 + number))
            let cost: Picodollars? = number % 4 == 3 ? nil : Picodollars(Int128(7 * number))
            return Call(id: "\(process)-\(number)", hold: hold, isRaised: number % 3 == 0, cost: cost)
        }
    }

    package static func price() throws -> Price {
        let price = try TestPrices.catalog().price(for: "us.amazon.nova-lite-v1:0", at: start)
        guard let price else { throw FaultyProgram.Failure(description: "the test's model has no price") }
        return price
    }

    /// Enters all calls, and writes each acknowledgement: `reserved`, `raised`, `settled` or `failed`, and its id.
    package func run(_ store: Store) async throws {
        let price = try Self.price()
        let commit = GroupCommit(store)
        let longest = LongestWait()
        try await commit.perform { store in
            for budget in Self.budgets { try store.setBudget(budget, at: Self.start) }
        }
        for round in 0..<rounds {
            await withTaskGroup { group in
                for call in calls[(round * callers)..<((round + 1) * callers)] {
                    group.addTask {
                        do {
                            try await enter(call, price, commit, longest)
                        } catch {
                            FaultyMain.tell("failed \(call.id) \(error)")
                        }
                    }
                }
            }
        }
        await commit.close()
        FaultyMain.say("longest \(longest.microseconds.withLock(\.self))")
    }

    /// Returns the reservation of a call, before it is made.
    package func reservation(of call: Call, _ price: Price) -> Reservation {
        Reservation(
            requestId: call.id,
            time: Self.start,
            caller: Caller(user: process, team: Self.team, application: "chat", accessKey: "key", session: process),
            modelId: price.modelId,
            correlationId: nil,
            price: price,
            hold: call.hold,
            limit: Self.limit,
            quota: nil,
            lease: Self.start + Self.leaseSeconds
        )
    }

    /// Returns the settlement of a call; nil if it never ends.
    package func settlement(of call: Call) -> Settlement? {
        call.cost.map { cost in
            Settlement(
                requestId: call.id,
                time: Self.start + 5,
                outcome: "success",
                usage: TokenUsage(input: 10, output: 20),
                isEstimated: false,
                latencyMilliseconds: 5000,
                retries: 0,
                cost: cost
            )
        }
    }

    private func enter(_ call: Call, _ price: Price, _ commit: GroupCommit, _ longest: LongestWait) async throws {
        let reservation = reservation(of: call, price)
        guard try await longest.of({ try await commit.perform { try $0.reserve(reservation) } }).isReserved else {
            return
        }
        FaultyMain.tell("reserved \(call.id)")
        if call.isRaised {
            guard try await commit.perform({ try $0.raiseHold(call.id, by: call.hold, limit: Self.limit) }) else {
                return
            }
            FaultyMain.tell("raised \(call.id)")
        }
        guard let settlement = settlement(of: call) else { return }
        guard try await longest.of({ try await commit.perform { try $0.settle(settlement) } }).isSettled else { return }
        FaultyMain.tell("settled \(call.id)")
    }
}

/// The longest time that an entry waited for its commit.
private final class LongestWait: Sendable {
    let microseconds = Mutex(0)

    func of<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
        let start = ContinuousClock.now
        let value = try await work()
        let elapsed = Int(start.duration(to: .now) / .microseconds(1))
        microseconds.withLock { $0 = max($0, elapsed) }
        return value
    }
}
