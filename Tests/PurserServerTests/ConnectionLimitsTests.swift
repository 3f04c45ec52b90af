import ChatService
import PurserCore
import Testing

@testable import PurserServer

@Suite struct ConnectionLimitsTests {
    private final class Connection {}

    @Test("one address may have half of the connections, and a trusted proxy all of them")
    func connections() throws {
        let proxies = try #require([AddressRange](list: "10.0.0.0/8"))
        let connections = OpenConnections(most: 6, trustedProxies: proxies)
        let (one, other, proxy) = (IPAddress("127.0.0.2"), IPAddress("127.0.0.3"), IPAddress("10.1.2.3"))
        let handle = Connection()
        let id = ObjectIdentifier(handle)
        #expect((0..<4).map { _ in connections.open(one) } == [true, true, true, false])
        #expect(connections.open(other) && connections.open(nil))
        #expect((0..<9).allSatisfy { _ in connections.open(proxy) })
        connections.close(one, id)
        #expect(connections.open(one) && !connections.open(one))
        // Addresses of one IPv6 subscriber count together.
        #expect((1...4).map { connections.open(IPAddress("2001:db8::\($0)")) } == [true, true, true, false])
    }

    @Test("a client that has closed its side is known as long as the connection is open")
    func closed() {
        let connections = OpenConnections(most: 6, trustedProxies: [])
        let handle = Connection()
        let id = ObjectIdentifier(handle)
        #expect(connections.open(nil) && !connections.isClosed(id))
        connections.noteClosed(id)
        #expect(connections.isClosed(id))
        connections.close(nil, id)
        #expect(!connections.isClosed(id))
    }

    @Test("bodies share one memory, except for their first bytes, and return it when they end")
    func bodies() {
        let free = BodyMemory.freeBytes
        let memory = BodyMemory(mostBytes: 1000)
        do {
            let (first, second) = (BodyMemory.Share(memory), BodyMemory.Share(memory))
            #expect(first.take(bodyBytes: free + 600) && !second.take(bodyBytes: free + 500))
            #expect(second.take(bodyBytes: free) && second.take(bodyBytes: free + 400))
            // A body that was announced does not count again while it arrives.
            #expect(first.take(bodyBytes: free + 10) && first.take(bodyBytes: free + 600))
            #expect(!first.take(bodyBytes: free + 601) && !second.take(bodyBytes: .max))
        }
        #expect(BodyMemory.Share(memory).take(bodyBytes: free + 1000))
    }

    @Test("the bodies from one address, and all chat messages, may take half of the memory, so that others are served")
    func bodiesOfAddress() throws {
        let free = BodyMemory.freeBytes
        let memory = BodyMemory(mostBytes: 1000)
        let (one, other) = (try #require(IPAddress("192.0.2.1")), try #require(IPAddress("192.0.2.2")))
        let first = BodyMemory.Share(memory, address: one)
        #expect(first.take(bodyBytes: free + 400))
        #expect(!BodyMemory.Share(memory, address: one).take(bodyBytes: free + 101))
        #expect(BodyMemory.Share(memory, address: other).take(bodyBytes: free + 500))
        let chats = BodyMemory(mostBytes: 1000)
        let message = BodyMemory.Share(chats, address: one, isChat: true)
        #expect(message.take(bodyBytes: free + 400))
        #expect(!BodyMemory.Share(chats, address: other, isChat: true).take(bodyBytes: free + 101))
        #expect(BodyMemory.Share(chats, address: other).take(bodyBytes: free + 500))
        // A body as large as any that is accepted always fits.
        let large = BodyMemory(mostBytes: 1000, largestBody: 900)
        #expect(BodyMemory.Share(large, address: one).take(bodyBytes: free + 900))
    }
}
