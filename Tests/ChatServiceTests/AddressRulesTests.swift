@testable import ChatService
import PurserCore
import TestSupport
import Testing

@Suite struct AddressRulesTests {
    @Test(
        "addresses are read in their usual forms, and in no others",
        arguments: [
            ("203.0.113.7", "203.0.113.7"), ("2001:DB8::1", "2001:db8::1"), ("[::1]", "::1"),
            ("::ffff:10.0.0.1", "10.0.0.1"), ("", nil), ("203.0.113.7:80", nil), ("1.2.3", nil), ("0x7f.1", nil),
            ("fe80::1%eth0", nil), ("localhost", nil), ("203.0.113.7 ", nil), ("01.2.3.4", nil),
        ] as [(String, String?)]
    )
    func reading(text: String, shown: String?) {
        #expect(IPAddress(text)?.description == shown)
    }

    @Test("a range is in CIDR form, with no bits set after the prefix")
    func ranges() throws {
        for wrong in ["10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "/8", "10.0.0.0/8/8", "10.0.0.0/+8", "x/8"] {
            #expect(AddressRange(wrong) == nil, "\(wrong)")
        }
        let range = try #require(AddressRange("10.16.0.0/12"))
        let inside = ["10.16.0.0", "10.31.255.255", "::ffff:10.20.0.1"].compactMap(IPAddress.init)
        #expect(inside.count == 3 && inside.allSatisfy(range.contains))
        let outside = ["10.15.255.255", "10.32.0.0", "::1"].compactMap(IPAddress.init)
        #expect(outside.count == 3 && !outside.contains(where: range.contains))
        let all = try #require(AddressRange("::/0"))
        let (six, four) = (try #require(IPAddress("2001:db8::1")), try #require(IPAddress("10.0.0.1")))
        #expect(all.contains(six) && !all.contains(four))
        #expect([AddressRange](list: "10.0.0.0/8, ::1")?.count == 2 && [AddressRange](list: "10.0.0.0/8,x") == nil)
    }

    @Test(
        "behind a trusted proxy the client is the last one it names, and from other senders the header is ignored",
        arguments: [
            ("203.0.113.9", ["1.1.1.1"], "203.0.113.9", false), ("10.0.0.1", [], "10.0.0.1", true),
            ("10.0.0.1", ["203.0.113.7"], "203.0.113.7", true),
            ("10.0.0.1", ["127.0.0.1, 203.0.113.7"], "203.0.113.7", true),
            ("10.0.0.1", ["127.0.0.1,203.0.113.7,\t10.0.0.2 "], "203.0.113.7", true),
            ("10.0.0.1", ["127.0.0.1", "203.0.113.7"], "203.0.113.7", true),
            ("10.0.0.1", ["203.0.113.7:49152"], "203.0.113.7", true),
            ("10.0.0.1", ["2001:db8::7"], "2001:db8::7", true),
            ("10.0.0.1", ["[2001:db8::7]:443"], "2001:db8::7", true),
            ("10.0.0.1", ["[2001:db8::7]"], "2001:db8::7", true),
            ("10.0.0.1", ["203.0.113.7, unknown"], "10.0.0.1", false),
            ("10.0.0.1", ["203.0.113.7, "], "10.0.0.1", false), ("10.0.0.1", ["127.0.0.1:x"], "10.0.0.1", false),
            ("10.0.0.1", ["203.0.113.7, _hidden, 10.0.0.2"], "10.0.0.2", false),
        ] as [(String, [String], String, Bool)]
    )
    func clients(peer: String, forwardedFor: [String], client: String, isClients: Bool) throws {
        let trusted = try #require([AddressRange](list: "10.0.0.0/8"))
        let found = ClientAddress(peer: IPAddress(peer), forwardedFor: forwardedFor, trusted: trusted)
        #expect(found.address?.description == client && found.isClients == isClients)
        #expect(ClientAddress(peer: nil, forwardedFor: forwardedFor, trusted: trusted).address == nil)
    }

    @Test(
        "a header of a proxy that is not trusted means that the address is not the client's",
        arguments: [true, false]
    )
    func untrustedProxy(hasForwarded: Bool) throws {
        let trusted = try #require([AddressRange](list: "10.0.0.0/8"))
        for (peer, isTrusted) in [("127.0.0.1", false), ("10.0.0.1", true)] {
            let found = ClientAddress(
                peer: IPAddress(peer),
                forwardedFor: hasForwarded ? [] : ["203.0.113.7"],
                hasForwarded: hasForwarded,
                trusted: trusted
            )
            #expect(found.isThroughUntrustedProxy == !isTrusted && found.isClients == isTrusted)
        }
        #expect(
            !ClientAddress(peer: IPAddress("127.0.0.1"), forwardedFor: [], trusted: trusted).isThroughUntrustedProxy
        )
    }

    @Test("the window slides: no minute has more requests than the limit, and requests up to the limit are accepted")
    func slidingWindow() throws {
        var random = TestRandom(7)
        let rules = AddressRules(perMinute: 20)
        let address = try #require(IPAddress("203.0.113.7"))
        var passed: [Int64] = []
        var time: Int64 = 0
        for _ in 0..<5000 {
            time += Int64(random.next() % 6000)
            switch rules.refusal(of: address, at: time * 1_000_000) {
            case nil: passed.append(time / 1000)
            case .rateLimited(.address, limit: 20, let wait):
                // Whole seconds are counted: the last sixty, including this one.
                let recent = passed.filter { $0 > time / 1000 - 60 }
                #expect(recent.count == 20)
                #expect(recent.first.map { Int($0 + 60 - time / 1000) } == wait)
            case let other: Issue.record("\(String(describing: other))")
            }
            #expect(passed.filter { $0 > time / 1000 - 60 }.count <= 20)
        }
        #expect(passed.count > 1000)
    }

    @Test("each address is counted separately, and all addresses of an IPv6 subscriber count as one")
    func subscribers() throws {
        let rules = AddressRules(perMinute: 1)
        func passes(_ text: String) throws -> Bool {
            rules.refusal(of: try #require(IPAddress(text)), at: 0) == nil
        }
        #expect(try passes("203.0.113.7"))
        #expect(try passes("203.0.113.8"))
        #expect(try !passes("203.0.113.7"))
        #expect(try passes("2001:db8:0:1::1"))
        #expect(try !passes("2001:db8:0:1:ffff::9"))
        #expect(try passes("2001:db8:0:2::1"))
    }

    @Test("a flood of addresses uses memory only for a limited number of windows")
    func bounded() throws {
        let rules = AddressRules(perMinute: 1)
        let first = try #require(IPAddress("192.0.2.1"))
        #expect(rules.refusal(of: first, at: 0) == nil)
        for number in 0..<RequestWindows<IPAddress>.mostSenders {
            let address = try #require(IPAddress("10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"))
            #expect(rules.refusal(of: address, at: 1_000_000_000) == nil)
        }
        #expect(rules.refusal(of: first, at: 1_000_000_000) == nil, "the address silent for longest was forgotten")
    }

    @Test("a time before that of an earlier request causes neither a wrong refusal nor a crash")
    func clockBack() throws {
        let rules = AddressRules(perMinute: 5)
        let address = try #require(IPAddress("203.0.113.7"))
        for step in [0, 100, -50, 3, -4000, 100_000] {
            #expect(rules.refusal(of: address, at: (10_000 + Int64(step)) * 1_000_000_000) == nil)
        }
    }
}
