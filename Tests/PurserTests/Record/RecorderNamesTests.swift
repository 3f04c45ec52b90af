import CoreMetrics
import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

/// A handle requested again is found without reading its name again; the result must be the same as if it were read.
@Suite struct RecorderNamesTests {
    private func recorder(_ folder: TemporaryFolder) throws -> Purser.Recorder {
        RecorderTests.recorder(try folder.store())
    }

    @Test("the order of dimensions makes no difference, neither the first time nor later")
    func order() throws {
        let folder = try TemporaryFolder()
        let recorder = try recorder(folder)
        let factory = recorder.factory(namespace: "Test")
        for _ in 0..<3 {
            factory.makeCounter(label: "Calls", dimensions: [("A", "1"), ("B", "2")]).increment(by: 1)
            factory.makeCounter(label: "Calls", dimensions: [("B", "2"), ("A", "1")]).increment(by: 1)
            factory.makeCounter(label: "Calls", dimensions: [("A", "2"), ("B", "1")]).increment(by: 10)
        }
        let flush = recorder.collect(at: RecorderTests.start + 10)
        #expect(flush.points.count == 2)
        #expect(RecorderTests.distribution(flush, "Calls", [.init("A", "1"), .init("B", "2")])?.sum == 6)
        #expect(RecorderTests.distribution(flush, "Calls", [.init("A", "2"), .init("B", "1")])?.sum == 30)
    }

    @Test("names stay distinct even if their joined texts are equal, as do kinds and factories")
    func apart() throws {
        let folder = try TemporaryFolder()
        let recorder = try recorder(folder)
        let (first, second) = (recorder.factory(namespace: "First"), recorder.factory(namespace: "Second"))
        for _ in 0..<2 {
            first.makeCounter(label: "ab", dimensions: []).increment(by: 1)
            second.makeCounter(label: "ab", dimensions: []).increment(by: 2)
            first.makeCounter(label: "a", dimensions: [("b", "c")]).increment(by: 4)
            first.makeCounter(label: "a", dimensions: [("bc", "")]).increment(by: 8)
            first.makeCounter(label: "abc", dimensions: []).increment(by: 16)
            first.makeRecorder(label: "abc", dimensions: [], aggregate: true).record(Int64(7))
        }
        let flush = recorder.collect(at: RecorderTests.start + 10)
        let sums = Dictionary(
            uniqueKeysWithValues: flush.points.map {
                ("\($0.series.metric) \($0.series.unit)", $0.slot.distribution.sum)
            }
        )
        #expect(
            sums == [
                "First ab count": 2, "Second ab count": 4, "First a b=c count": 8, "First a bc= count": 16,
                "First abc count": 32, "First abc none": 14,
            ]
        )
    }

    @Test("control characters are replaced in every call, and other characters are not")
    func controlCharacters() throws {
        let folder = try TemporaryFolder()
        let recorder = try recorder(folder)
        let factory = recorder.factory(namespace: "Test")
        for _ in 0..<2 {
            factory.makeCounter(label: "Ca\0lls", dimensions: [("T\u{85}eam", "Füße")]).increment(by: 1)
        }
        let flush = recorder.collect(at: RecorderTests.start + 10)
        #expect(RecorderTests.distribution(flush, "Ca\u{FFFD}lls", [.init("T\u{FFFD}eam", "Füße")])?.sum == 2)
    }

    @Test("names are found even if they are too many or too long to be remembered")
    func manyNames() throws {
        let folder = try TemporaryFolder()
        let recorder = try recorder(folder)
        let factory = recorder.factory(namespace: "Test")
        let long = String(repeating: "x", count: 5000)
        for round in 1...2 {
            for user in 0..<6000 {
                factory.makeCounter(label: "Calls", dimensions: [("User", "\(user)")]).increment(by: 1)
            }
            factory.makeCounter(label: long, dimensions: []).increment(by: 1)
            let flush = recorder.collect(at: RecorderTests.start + round * 10)
            let calls = flush.points.filter { $0.series.metric.name == "Calls" }
            #expect(calls.reduce(0) { $0 + $1.slot.distribution.count } == 6000)
            #expect(calls.count == Purser.Recorder.Limits().series + 1)
            #expect(
                RecorderTests.distribution(flush, long, [Purser.Recorder.overflowDimension])?.sum == 1
            )
        }
    }

    @Test("a destroyed handle is created again, and the samples before and after arrive")
    func destroyed() throws {
        let folder = try TemporaryFolder()
        let recorder = try recorder(folder)
        let factory = recorder.factory(namespace: "Test")
        for round in 1...4 {
            for _ in 0..<3 {
                let counter = Counter(label: "Calls", dimensions: [("A", "1")], factory: factory)
                counter.increment()
                counter.destroy()
            }
            let flush = recorder.collect(at: RecorderTests.start + round * 10)
            #expect(RecorderTests.distribution(flush, "Calls", [.init("A", "1")])?.sum == 3)
        }
    }
}
