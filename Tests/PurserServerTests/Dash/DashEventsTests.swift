import Synchronization
import TestSupport
import Testing

@testable import PurserServer

@Suite(.blocking) struct DashEventsTests {
    @Test("an event follows each write, and comments keep a quiet connection open")
    func events() async throws {
        let fixture = try DashFixture()
        let store = try fixture.folder.store()
        try DashFixture.put(store, namespace: "Shop", name: "Orders")
        let looks = Mutex(0)
        fixture.clock.whenSleeping {
            let look = looks.withLock { count in
                count += 1
                return count
            }
            if look == 2 || look == 3 {
                try DashFixture.put(store, namespace: "Shop", name: "Orders", sequence: look)
            }
        }
        let written = Mutex<[String]>([])
        let events = DashEvents(fixture.pages, clock: fixture.clock.clock)
        try await events.send(isGone: { looks.withLock { $0 > 13 } }) { text in written.withLock { $0.append(text) } }
        let change = "event: change\ndata: {}\n\n"
        let quiet = ": no change\n\n"
        #expect(written.withLock(\.self) == ["retry: 5000\n: connected\n\n", change, change, quiet, quiet])
    }

    @Test("a client that cannot be written to, and a wait that ends, end the stream")
    func ends() async throws {
        struct Gone: Error {}
        let fixture = try DashFixture()
        _ = try fixture.folder.store()
        let events = DashEvents(fixture.pages, clock: fixture.clock.clock)
        await #expect(throws: Gone.self) {
            try await events.send(isGone: { false }) { _ in throw Gone() }
        }
        fixture.clock.whenSleeping { throw CancellationError() }
        try await events.send(isGone: { false }) { _ in }
    }

    @Test("there is a limited number of places, and a place is free again when it is released")
    func places() throws {
        let fixture = try DashFixture()
        let events = DashEvents(fixture.pages, clock: fixture.clock.clock)
        var listeners = (0..<DashEvents.most).compactMap { _ in events.listener() }
        #expect(listeners.count == DashEvents.most && events.listener() == nil)
        listeners.removeLast()
        listeners.append(try #require(events.listener()))
        #expect(events.listener() == nil)
    }
}
