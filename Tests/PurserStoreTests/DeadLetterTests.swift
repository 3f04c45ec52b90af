import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

@Suite struct DeadLetterTests {
    static let time = Timestamp(year: 2026, month: 11, day: 24, hour: 1)

    static func letter(_ id: String, at time: Timestamp = time, content: String? = nil) -> DeadLetter {
        DeadLetter(
            requestId: id,
            correlationId: "c-" + id,
            time: time,
            caller: Caller(user: "ada", team: "support", application: "desk", accessKey: "PK1"),
            modelId: "us.amazon.nova-lite-v1:0",
            code: "model_unavailable",
            error: "ThrottlingException",
            message: "The model is busy; try again in a minute.",
            attempts: 4,
            characters: 12,
            content: content
        )
    }

    @Test("a letter is returned as it was stored, once, and is found by either of its ids")
    func kept() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let letter = Self.letter("1", content: "{\"message\":\"a\\u0000\"}")
        #expect(try store.keep(letter))
        #expect(try !store.keep(Self.letter("1", content: "other")))
        var bare = Self.letter("2")
        bare.caller = Caller()
        #expect(try store.keep(bare))
        #expect(try store.deadLetters(limit: 10) == [letter, bare])
        #expect(try store.deadLetters(limit: 1) == [letter])
        #expect(try store.deadLetters(of: "c-2") == [bare] && store.deadLetters(of: "1") == [letter])
        #expect(try store.deadLetters(of: "3").isEmpty)
        #expect(try store.deadLetterTotals() == DeadLetterTotals(kept: 2))
    }

    @Test("if there is no room, the oldest letters are removed and counted")
    func bounded() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        for number in 1...5 {
            try store.keep(Self.letter("\(number)"), atMost: 3)
        }
        #expect(try store.deadLetters(limit: 10).map(\.requestId) == ["3", "4", "5"])
        #expect(try store.deadLetterTotals() == DeadLetterTotals(kept: 3, overflowed: 2))
    }

    @Test("expired letters are removed and counted; a store without any is not written to")
    func retention() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        for number in 0..<4 {
            try store.keep(Self.letter("\(number)", at: Self.time + number))
        }
        #expect(try store.expireDeadLetters(before: Self.time) == 0)
        #expect(try store.expireDeadLetters(before: Self.time + 3, limit: 2) == 2)
        #expect(try store.expireDeadLetters(before: Self.time + 3, limit: 2) == 1)
        #expect(try store.deadLetters(limit: 10).map(\.requestId) == ["3"])
        #expect(try store.deadLetterTotals() == DeadLetterTotals(kept: 1, expired: 3))
    }

    @Test("a letter that failed keeps its place, a refused one is not tried again, and a forwarded one is removed")
    func forwarding() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        for number in 1...4 {
            try store.keep(Self.letter("\(number)"))
        }
        #expect(try store.unforwardedDeadLetters(limit: 3).map(\.requestId) == ["1", "2", "3"])
        try store.markUnforwarded("1", error: "down")
        try store.markRefused("2", error: "too large")
        #expect(try store.removeDeadLetters(["3", "3", "none"]) == 1)
        #expect(try store.unforwardedDeadLetters(limit: 9).map(\.requestId) == ["1", "4"])
        let first = try #require(try store.deadLetters(of: "1").first)
        #expect(first.forwards == 1 && first.forwardError == "down")
        let second = try #require(try store.deadLetters(of: "2").first)
        #expect(second.status == .refused && second.forwardError == "too large")
        #expect(try store.deadLetterTotals() == DeadLetterTotals(kept: 3, refused: 1))
    }

    @Test("redrives are numbered before they are made, and a missing letter has no redrives")
    func redrives() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.keep(Self.letter("1"))
        #expect(try store.beginRedrive("1") == 1)
        #expect(try store.beginRedrive("1") == 2)
        #expect(try store.beginRedrive("2") == nil)
        #expect(try store.deadLetters(of: "1").first?.redrives == 2)
    }

    @Test("none of a removed letter's text is left in the file, however it was removed")
    func erased() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        // Long enough to fill pages by itself; they become free.
        let secret = String(repeating: "s3cret-text ", count: 3000)
        func isInFile() throws -> Bool {
            try Data(contentsOf: folder.url.appending(path: "purser.db")).range(of: Data("s3cret".utf8)) != nil
        }
        let removals: [(Store) throws -> Void] = [
            { try $0.removeDeadLetters(["1"]) },
            { try $0.expireDeadLetters(before: Self.time + 1) },
            { try $0.keep(Self.letter("2", at: Self.time + 9), atMost: 1) },
        ]
        for remove in removals {
            try store.keep(Self.letter("1", content: secret))
            #expect(try store.checkpoint())
            #expect(try isInFile())
            try remove(store)
            #expect(try store.checkpoint())
            #expect(try store.deadLetters(of: "1").isEmpty)
            #expect(try !isInFile())
            try store.removeDeadLetters(["2"])
        }
    }

    /// Returns whether any of the store's files has a text.
    private func isAnywhere(_ text: String, _ folder: TemporaryFolder) throws -> Bool {
        try Store.fileSuffixes.contains { suffix in
            let path = folder.path("purser.db" + suffix)
            guard FileManager.default.fileExists(atPath: path) else { return false }
            return try Data(contentsOf: URL(fileURLWithPath: path)).range(of: Data(text.utf8)) != nil
        }
    }

    @Test("a removed letter's text is in none of the files, even if SQLite moved it between pages", arguments: 0..<6)
    func moved(seed: UInt64) throws {
        let folder = try TemporaryFolder(inMemory: true)
        let store = try folder.store()
        let other = try folder.store()
        var random = TestRandom(seed)
        var alive: [Int] = []
        var removed: [Int] = []
        func canary(_ number: Int) -> String { "canary-" + String(number + 100_000) }
        for number in 0..<150 {
            let repeats = [1, 3, 20, 100, 300, 1500, 6000].randomElement(using: &random) ?? 1
            try store.keep(
                Self.letter("\(number)", content: String(repeating: canary(number) + " ", count: repeats))
            )
            alive.append(number)
            if let some = alive.randomElement(using: &random), Bool.random(using: &random) {
                try other.markUnforwarded(String(some), error: String(repeating: "e", count: number))
            }
            if number % 20 == 19 { try store.checkpoint() }
            guard number % 3 > 0, let index = alive.indices.randomElement(using: &random) else { continue }
            removed.append(alive.remove(at: index))
            try store.removeDeadLetters([String(removed[removed.count - 1])])
        }
        let before = try store.deadLetters(limit: 1000)
        #expect(try isAnywhere(canary(removed[removed.count - 1]), folder))
        #expect(try store.eraseRemovedTexts())
        for number in removed { #expect(try !isAnywhere(canary(number), folder), "seed \(seed), letter \(number)") }
        #expect(try store.deadLetters(limit: 1000) == before && before.count == alive.count)
        #expect(try store.health().faults == [])
    }

    @Test("the text stays in the log only while a reader needs it, and any program can empty it afterwards")
    func readers() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let reader = try folder.store()
        try store.keep(Self.letter("1", content: "s3cret"))
        try reader.snapshot {
            _ = try reader.deadLetters(limit: 1)
            try store.removeDeadLetters(["1"])
            let size = store.walBytes
            #expect(try !store.eraseRemovedTexts(patienceMilliseconds: 0))
            // Attempts that fail do not make the log grow.
            #expect(try !store.eraseRemovedTexts(patienceMilliseconds: 0))
            #expect(store.walBytes == size)
        }
        #expect(try isAnywhere("s3cret", folder))
        #expect(try reader.eraseRemovedTexts())
        #expect(try !isAnywhere("s3cret", folder))
        let size = store.walBytes
        #expect(try store.eraseRemovedTexts() && store.walBytes == size)
    }
}
