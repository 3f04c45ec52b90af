@testable import ChatService
import PurserAWS
import PurserCore
import PurserHTTP
import PurserStore
import Synchronization
import TestSupport
import Testing

@Suite struct AccessKeysTests {
    private static let start = Timestamp(year: 2026, month: 11, day: 23, hour: 14)
    private static let body = Array("{}".utf8)

    /// A store with a key, and the reported errors.
    private final class Fixture: Sendable {
        let folder: TemporaryFolder
        let store: Store
        let clock = TestClock(AccessKeysTests.start)
        let seal: SecretSeal
        let issued: IssuedKey
        let errors = Mutex<[String]>([])
        let lookUps = Mutex(0)
        let uses = Mutex<[Timestamp]>([])

        init(models: [String]? = ["m"]) throws {
            folder = try TemporaryFolder()
            store = try folder.store()
            seal = try SecretSeal(secret: String(repeating: "ab", count: 32))
            issued = IssuedKey(team: "support", user: "ann", models: models, at: AccessKeysTests.start, seal: seal)
            try store.createAccessKey(issued.record)
        }

        func keys(seal: SecretSeal? = nil, region: String? = nil) -> AccessKeys {
            AccessKeys(
                seal: seal ?? self.seal,
                region: region,
                clock: clock.clock,
                lookUp: { id in
                    self.lookUps.withLock { $0 += 1 }
                    return try self.store.accessKey(id)
                },
                noteUse: { id, time in
                    self.uses.withLock { $0.append(time) }
                    try self.store.noteUse(ofAccessKey: id, at: time)
                },
                reportError: { error in self.errors.withLock { $0.append("\(error)") } }
            )
        }

        func head(id: String? = nil, secret: String? = nil, region: String = "us-east-1") throws -> SignedRequestHead {
            let credentials = AWSCredentials(
                accessKeyID: id ?? issued.record.id,
                secretAccessKey: secret ?? issued.secretAccessKey
            )
            let signed = SigV4Signer(credentials: credentials, service: "bedrock", region: region).sign(
                HTTPRequest(
                    method: "POST",
                    url: try HTTPURL("http://localhost/model/m/converse"),
                    body: AccessKeysTests.body
                ),
                at: clock.clock.now()
            )
            return SignedRequestHead(method: "POST", path: signed.url.path, headers: signed.headers)
        }

        func outcome(_ keys: AccessKeys, _ head: SignedRequestHead) async -> Result<Principal, ChatRefusal> {
            do throws(ChatRefusal) {
                let claim = try await keys.authenticate(head)
                try await claim.verify(AccessKeysTests.body)
                return .success(claim.principal)
            } catch {
                return .failure(error)
            }
        }
    }

    @Test("a call for another Region is refused with both names, but only with a valid signature")
    func regions() async throws {
        let fixture = try Fixture()
        let keys = fixture.keys(region: "us-east-1")
        #expect(try await fixture.outcome(keys, fixture.head()).isSuccess)
        let refusal = ChatRefusal.otherRegion(signed: "eu-west-1", served: "us-east-1")
        #expect(await fixture.outcome(keys, try fixture.head(region: "eu-west-1")) == .failure(refusal))
        #expect(refusal.message.contains("eu-west-1") && refusal.message.contains("us-east-1"))
        #expect(refusal.kind.exception == .validation && refusal.kind.status == 400)
        let forged = try fixture.head(secret: "wrong", region: "eu-west-1")
        #expect(await fixture.outcome(keys, forged) == .failure(.signature(.mismatch)))
        #expect(try await fixture.outcome(fixture.keys(), fixture.head(region: "eu-west-1")).isSuccess)
    }

    @Test("a secret that does not open every key in use is a fault that names the setting; revoked keys do not count")
    func sealedKeys() throws {
        let fixture = try Fixture()
        let other = try SecretSeal(secret: String(repeating: "cd", count: 32))
        #expect(SealedKeys.fault(try fixture.store.accessKeys(), fixture.seal) == nil)
        let fault = try #require(SealedKeys.fault(try fixture.store.accessKeys(), other))
        #expect(fault.key == "PURSERD_KEYS_SECRET" && fault.message.hasPrefix("does not open 1 access key of the 1 "))
        #expect(try Store.accessKeys(inFileAt: fixture.store.path) == fixture.store.accessKeys())
        _ = try fixture.store.revokeAccessKey(fixture.issued.record.id, at: Self.start)
        #expect(SealedKeys.fault(try fixture.store.accessKeys(), other) == nil)
    }

    @Test("a signed request has its key's team, user and models")
    func principal() async throws {
        let fixture = try Fixture()
        let caller = Caller(user: "ann", team: "support", accessKey: fixture.issued.record.id)
        let expected = Principal(caller: caller, allowedModels: ["m"])
        #expect(await fixture.outcome(fixture.keys(), try fixture.head()) == .success(expected))
    }

    @Test("an unknown id, a wrong secret and another key's secret are refused with AWS's codes")
    func refusals() async throws {
        let fixture = try Fixture()
        let keys = fixture.keys()
        for (id, secret, refusal) in [
            ("PSRAAAABBBBCCCCDDDD2", nil, .unknownKey), ("AKIAAAABBBBCCCCDDDD2", nil, .unknownKey),
            (nil, "x", .mismatch),
        ] as [(String?, String?, SigV4Refusal)] {
            let outcome = await fixture.outcome(keys, try fixture.head(id: id, secret: secret))
            #expect(outcome == .failure(.signature(refusal)))
        }
        #expect(fixture.uses.withLock { $0.isEmpty })
        // An id that cannot be valid is not looked up.
        #expect(fixture.lookUps.withLock { $0 } == 2)
    }

    @Test("a key is read once a second, and a revoked one is refused within a second")
    func revocation() async throws {
        let fixture = try Fixture()
        let keys = fixture.keys()
        for _ in 0..<10 {
            #expect(await fixture.outcome(keys, try fixture.head()).isSuccess)
            fixture.clock.advance(.milliseconds(99))
        }
        #expect(fixture.lookUps.withLock { $0 } == 1)
        _ = try fixture.store.revokeAccessKey(fixture.issued.record.id, at: fixture.clock.clock.now())
        #expect(await fixture.outcome(keys, try fixture.head()).isSuccess)
        fixture.clock.advance(.milliseconds(10))
        #expect(await fixture.outcome(keys, try fixture.head()) == .failure(.signature(.unknownKey)))
    }

    @Test("the use of a key is recorded once a day, and only after a correct signature")
    func use() async throws {
        let fixture = try Fixture()
        let keys = fixture.keys()
        for _ in 0..<3 {
            for region in ["us-east-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-west-2"] {
                #expect(await fixture.outcome(keys, try fixture.head(region: region)).isSuccess)
            }
            fixture.clock.advance(.seconds(2))
        }
        #expect(fixture.uses.withLock(\.count) == 1)
        fixture.clock.advance(.seconds(86_400))
        _ = await fixture.outcome(keys, try fixture.head(secret: "x"))
        #expect(fixture.uses.withLock(\.count) == 1)
        _ = await fixture.outcome(keys, try fixture.head())
        #expect(fixture.uses.withLock(\.count) == 2)
        #expect(
            try fixture.store.accessKey(fixture.issued.record.id)?.lastUsedDay
                == Timestamp(year: 2026, month: 11, day: 24)
        )
    }

    @Test("a key that does not open is reported to the operator, and the caller gets no reason")
    func otherSeal() async throws {
        let fixture = try Fixture()
        let other = try SecretSeal(secret: String(repeating: "cd", count: 32))
        let outcome = await fixture.outcome(fixture.keys(seal: other), try fixture.head())
        guard case .failure(.storeUnavailable) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(fixture.errors.withLock { $0 }.first?.contains("PURSERD_KEYS_SECRET") == true)
    }

    @Test("issued keys differ, and their ids and secrets have the right form")
    func issued() throws {
        let seal = try SecretSeal(secret: String(repeating: "ab", count: 32))
        let keys = (0..<200).map { _ in IssuedKey(team: "t", at: Self.start, seal: seal) }
        #expect(Set(keys.map(\.record.id)).count == 200 && Set(keys.map(\.secretAccessKey)).count == 200)
        for key in keys {
            #expect(key.record.id.wholeMatch(of: /PSR[A-Z2-7]{17}/) != nil && IssuedKey.isID(key.record.id))
            #expect(key.secretAccessKey.wholeMatch(of: /[A-Za-z0-9+\/]{40}/) != nil)
            #expect(try seal.open(key.record.sealedSecret, id: key.record.id) == key.secretAccessKey)
        }
    }
}

extension Result {
    fileprivate var isSuccess: Bool {
        if case .success = self { true } else { false }
    }
}
