import Foundation
import Purser
import PurserCore
import PurserStore
import TestSupport
import Testing

/// Many processes share a store and a budget, and some are killed: the budget holds, and the ledger matches the bill.
@Suite(.blocking, .needsPeers)
struct BudgetCrowdLongTests {
    private struct Scale {
        var processes: Int
        var callsAtOnce: Int
        var budget: String
        var kills: Int
        /// The number of calls answered between one kill and the next.
        var callsBetweenKills: Int

        static let short = Scale(processes: 2, callsAtOnce: 20, budget: "0.05", kills: 2, callsBetweenKills: 80)
        static let long = Scale(processes: 8, callsAtOnce: 200, budget: "1", kills: 8, callsBetweenKills: 300)
    }

    /// A purserd and the clients that call it.
    private struct Stand {
        var server: PurserdProcess
        var crowd: PeerAnswer

        init(_ word: String, _ group: Group, store: String, bedrock: FakeBedrockProcess, _ scale: Scale) throws {
            server = try PurserdProcess(
                store: store,
                bedrock: bedrock,
                environment: DaemonTests.noLimits.merging([
                    "PURSERD_BUDGET_USD": scale.budget, "PURSERD_MAX_TOKENS": "500",
                    "PURSERD_MODEL_TIMEOUT_SECONDS": "3",
                ]) { $1 }
            )
            crowd = try group.begin(word, port: server.portNumber, callsAtOnce: scale.callsAtOnce)
        }
    }

    /// The crowds of clients that share one budget.
    private struct Group {
        let peer: PeerProcess
        let name = UUID().uuidString

        func begin(_ word: String, port: Int, callsAtOnce: Int) throws -> PeerAnswer {
            try peer.begin([
                "crowd": .string(word), "group": .string(name), "port": .integer(port), "width": .integer(callsAtOnce),
            ])
        }

        /// Waits until `count` calls have been answered; returns false if the budget is used up before that.
        func awaitAnswers(_ count: Int) throws -> Bool {
            try peer.ask(["group": .string(name), "answers": .integer(count)]) == .bool(true)
        }
    }

    @Test("processes that are killed and restarted never overspend, and the ledger matches the bill to the picodollar")
    func crowd() throws {
        let scale = TestScope.isLong ? Scale.long : Scale.short
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let limit = try #require(Picodollars(dollars: scale.budget))
        for window in BudgetWindow.allCases where window != .month {
            try store.setBudget(Budget(scope: .all, window: window, limit: limit), at: .now)
        }
        let faults = [
            "throttling=0.01", "internal=0.01", "unavailable=0.01", "model-timeout=0.005", "reset-before=0.01",
            "reset-after=0.01", "cut=0.01", "stall=0.002",
        ]
        let flags = [
            "--latency-ms", "20", "--seed", "20261126", "--input-tokens", "20..300", "--output-tokens", "1..600",
        ]
        let bedrock = try FakeBedrockProcess(
            flags + faults.flatMap { ["--fault", $0] },
            journal: folder.path("journal")
        )
        defer { bedrock.stop() }
        let watch = SpendingWatch(store: store)
        let statuses = try Self.run(scale, store: store.path, bedrock: bedrock)
        let most = try watch.end()
        #expect(most.spending <= limit && most.looks > 10, "\(most)")
        // The calls ended because the budget was used up.
        #expect((statuses["402"] ?? 0) > 0 && (statuses["200"] ?? 0) > 0, "\(statuses)")

        let later = Timestamp.now + 86_400
        let last = try store.settleAbandoned(at: later)
        let abandoned = try CrowdLedger.compare(store, with: bedrock.journal(), limit: limit)
        #expect(abandoned > 0, "no process was killed in the middle of a call")
        print("budget crowd: \(statuses), \(abandoned) abandoned, \(last) of them settled at the end, \(most)")
    }

    /// Lets clients call until the budget is used up, killing one process after another; returns the answers by status.
    private static func run(_ scale: Scale, store: String, bedrock: FakeBedrockProcess) throws -> [String: Int] {
        var statuses: [String: Int] = [:]
        let group = Group(peer: try PeerProcess.shared("budget_crowd.py"))
        var stands = try (0..<scale.processes).map {
            try Stand("p\($0)", group, store: store, bedrock: bedrock, scale)
        }
        for kill in 1...scale.kills {
            guard try group.awaitAnswers(kill * scale.callsBetweenKills) else { break }
            let victim = kill % scale.processes
            stands[victim].server.kill()
            statuses.merge(try stands[victim].crowd.value([String: Int].self), uniquingKeysWith: +)
            stands[victim] = try Stand("k\(kill)", group, store: store, bedrock: bedrock, scale)
        }
        for stand in stands {
            statuses.merge(try stand.crowd.value([String: Int].self), uniquingKeysWith: +)
        }
        for stand in stands { #expect(stand.server.stop() == 0) }
        return statuses
    }
}
