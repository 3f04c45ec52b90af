import PurserAWS
import PurserCore
import Synchronization
import Testing

@Suite struct BlockingCredentialsTests {
    @Test("credentials are kept until ten minutes before they expire, or until they expire if no new ones are found")
    func renewal() throws {
        let now = Mutex(scriptedTime)
        let calls = Mutex(0)
        let works = Mutex(true)
        let source = CredentialSource(now: { now.withLock { $0 } }) {
            let number = calls.withLock { count in
                count += 1
                return count
            }
            guard works.withLock({ $0 }) else { throw NothingFound() }
            return AWSCredentials(
                accessKeyID: "K\(number)",
                secretAccessKey: "s",
                expiration: now.withLock { $0 } + 3600
            )
        }
        func at(_ seconds: Int) throws -> String {
            now.withLock { $0 = scriptedTime + seconds }
            return try source.blockingCredentials().accessKeyID
        }
        #expect(try at(0) == "K1" && at(2999) == "K1" && at(3001) == "K2")
        works.withLock { $0 = false }
        #expect(try at(3001 + 3100) == "K2" && at(3001 + 3101) == "K2")
        // The failure is remembered for half a minute.
        #expect(calls.withLock { $0 } == 3)
        #expect(throws: NothingFound.self) { try at(3001 + 3600) }
        #expect(calls.withLock { $0 } == 4)
    }
}

private struct NothingFound: Error {}
