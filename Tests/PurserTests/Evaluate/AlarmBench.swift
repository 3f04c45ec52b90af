import Foundation
import Purser
import PurserCore
import PurserStore
import TestSupport
import Testing

/// A store with data, its log of deliveries, and the program that uses both.
struct AlarmBench {
    let folder: TemporaryFolder
    var path: String { folder.path("purser.db") }
    var log: String { folder.path("deliveries") }

    init(minutes: Int, inMemory: Bool = false) throws {
        folder = try TemporaryFolder(inMemory: inMemory)
        let store = try Store(path: path, .creating)
        try ScriptedAlarms.record(minutes: minutes + 20, in: store)
    }

    func program(_ arguments: [String]) -> FaultyProgram {
        FaultyProgram(name: "AlarmFault", arguments: [path, log] + arguments)
    }

    var left: AlarmsLeft { AlarmsLeft(path: path, log: log) }
}

/// The state that a run of the program left behind.
struct AlarmsLeft {
    let path: String
    let log: String

    /// Returns the ids of the delivered messages, in order of delivery.
    func deliveries() throws -> [String] {
        guard FileManager.default.fileExists(atPath: log) else { return [] }
        return try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    func store() throws -> Store {
        try Store(path: path, .existing)
    }

    /// Returns all transitions in the store, sorted by alarm and number.
    func transitions() throws -> [AlarmTransition] {
        try store().transitions(limit: 100_000).sorted { ($0.name, $0.number) < ($1.name, $1.number) }
    }
}

/// The state that an undisturbed run leaves behind.
struct UndisturbedAlarms {
    let transitions: [AlarmTransition]
    let ids: Set<String>
    let operations: Int

    init(minutes: Int) throws {
        let bench = try AlarmBench(minutes: minutes)
        operations = try #require(try bench.program(["\(minutes)"]).run().numbers["operations"])
        transitions = try bench.left.transitions()
        let deliveries = try bench.left.deliveries()
        ids = Set(deliveries)
        // Without a kill, no message is delivered twice.
        #expect(deliveries.count == ids.count)
    }

    /// Checks that a run that was killed and restarted left the same state; returns the number of repeated deliveries.
    func check(_ left: AlarmsLeft, _ note: Comment) throws -> Int {
        let store = try left.store()
        #expect(try left.transitions() == transitions, note)
        let sent = try store.messages(.sent, limit: 100_000)
        #expect(Set(sent.map(\.id)) == ids && sent.count == ids.count, note)
        #expect(try store.messageCount(.pending) == 0 && store.messageCount(.failed) == 0, note)
        let deliveries = try left.deliveries()
        #expect(Set(deliveries) == ids, note)
        return deliveries.count - ids.count
    }
}
