import Foundation
import Purser
import PurserCore
import PurserStore
import TestSupport
import Testing

/// Clients that reset, stall, send half a request or stop streams, and a model that is slow, silent, absurd or gone, while
/// processes are killed: every call is settled, the budget holds, and the ledger matches the bill.
@Suite(.blocking, .needsPeers)
struct HostileCrowdLongTests {
    /// `PURSER_CROWD_SECONDS` sets how long the crowd goes on, in its long form.
    private static let seconds =
        ProcessInfo.processInfo.environment["PURSER_CROWD_SECONDS"].flatMap { Int($0) } ?? (TestScope.isLong ? 60 : 8)
    private static let secondsPerRound = 8
    private static let totalSeconds = 10
    /// The memory that a purserd may have, in MiB; its build for tests has about 60 at the start.
    private static let mostMemory = 400

    @Test(
        "hostile clients and a hostile model never overspend, leave no call unsettled, and the ledger matches the bill"
    )
    func crowd() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let limit = try #require(Picodollars(dollars: "0.5"))
        let faults = [
            "throttling=0.02", "internal=0.02", "reset-before=0.02", "reset-after=0.02", "cut=0.02", "stall=0.03",
            "stream-exception=0.02", "bad-crc=0.02", "absurd=0.05",
        ]
        let bedrock = try FakeBedrockProcess(
            ["--latency-ms", "100", "--piece-ms", "10", "--seed", "20261129", "--output-tokens", "1..400"]
                + faults.flatMap { ["--fault", $0] },
            journal: folder.path("journal")
        )
        defer { bedrock.stop() }
        let watch = SpendingWatch(store: store)
        var counts: [String: Int] = [:]
        var mostMemory = 0
        for round in 0..<max(1, Self.seconds / Self.secondsPerRound) {
            let found = try Self.round(round, store: store.path, bedrock: bedrock)
            counts.merge(found.counts, uniquingKeysWith: +)
            mostMemory = max(mostMemory, found.memory)
        }
        let most = try watch.end()
        #expect(most.spending <= limit && most.looks > 10, "\(most)")
        for kind in ["whole", "read", "stopped", "reset", "half", "unread"] {
            #expect(counts[kind] ?? 0 > 0, "\(counts)")
        }
        #expect(mostMemory < Self.mostMemory)
        // The killed processes' calls end with their leases, and there are no others.
        let leases = try store.overdueHolds(before: .now + 86_400).count
        #expect(try store.settleAbandoned(at: .now + (Self.totalSeconds + 61)) == leases)
        let abandoned = try CrowdLedger.compare(store, with: bedrock.journal(), limit: limit)
        print("hostile crowd: \(counts), \(abandoned) abandoned, \(most), \(mostMemory) MiB at most")
    }

    /// Runs two daemons, one of which is killed in the middle.
    private static func round(
        _ number: Int,
        store: String,
        bedrock: FakeBedrockProcess
    ) throws -> (counts: [String: Int], memory: Int) {
        let peer = try PeerProcess.shared("hostile_crowd.py")
        let servers = try (0..<2).map { _ in
            try PurserdProcess(
                store: store,
                bedrock: bedrock,
                environment: DaemonTests.noLimits.merging([
                    "PURSERD_BUDGET_USD": "0.5", "PURSERD_MAX_TOKENS": "500", "PURSERD_MODEL_TIMEOUT_SECONDS": "1",
                    "PURSERD_MODEL_TOTAL_SECONDS": "\(totalSeconds)",
                ]) { $1 }
            )
        }
        let answers = try servers.enumerated().map { index, server in
            try peer.begin([
                "word": .string("r\(number)s\(index)"), "port": .integer(server.portNumber), "width": 24,
                "seconds": .integer(secondsPerRound / 2), "pid": .integer(Int(server.server.processIdentifier)),
                "kill": .bool(index == 1),
            ])
        }
        var counts: [String: Int] = [:]
        var memory = 0
        for answer in answers {
            let found = try answer.value([String: Int].self)
            memory = max(memory, found["memory"] ?? 0)
            counts.merge(found.filter { $0.key != "memory" }, uniquingKeysWith: +)
        }
        #expect(servers[0].stop() == 0)
        servers[1].kill()
        return (counts, memory)
    }
}
