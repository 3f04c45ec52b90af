import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite(.blocking) struct RollUpAllTests {
    private static let start = PurserFixture.start
    private static let day = 86_400

    /// Records a sample every three hours of some days; returns the times of the first and the last.
    private static func record(days: Range<Int>, in store: Store) throws -> (first: Timestamp, last: Timestamp) {
        let first = start + days.lowerBound * day
        let values = Array(repeating: 1.0, count: days.count * 8)
        try PurserFixture.record(values, from: first, every: 3 * 3600, in: store)
        return (first, first + (values.count - 1) * 3 * 3600)
    }

    @Test("after four months of data came in, nothing is left to roll up, in a new store and in one that is in use")
    func months() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        for days in [0..<120, 130..<250] {
            let (first, last) = try Self.record(days: days, in: store)
            let now = last + 3600
            var counts: [Int] = []
            try store.rollUpAll(from: first, to: last, now: now) { counts.append($0) }
            #expect(try !store.isAgeingDue(now: now))
            #expect(try store.rollUp(now: now) == RollUpResult())
            #expect(counts.last == 120 * 8 && counts == counts.sorted())
            #expect(try store.recordedSlotCount() == 0)
        }
    }

    @Test("data of one time that a wrong clock gave it lets ages advance by a day at most")
    func wrongClock() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let (first, last) = try Self.record(days: 0..<10, in: store)
        try store.rollUpAll(from: first, to: last, now: last + 3600)
        let ahead = last + 300 * Self.day
        try PurserFixture.record([1], from: ahead, in: store)
        try store.rollUpAll(from: ahead, to: ahead, now: ahead + 3600)
        #expect(try store.slotsKeptFrom(dividing: 60) <= first)
        #expect(try store.isAgeingDue(now: ahead + 3600))
    }
}
