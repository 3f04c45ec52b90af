import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

/// A folder with a store and a file to import.
struct ImportFixture {
    static let now = PurserFixture.start + 7
    let folder: TemporaryFolder
    let store: Store
    var format: MetricImport.Format
    var namespace: String?
    var linesPerBatch = 1000

    init(_ format: MetricImport.Format, namespace: String? = nil) throws {
        self.namespace = namespace
        folder = try TemporaryFolder()
        store = try folder.store()
        self.format = format
    }

    var path: String { folder.path("in.log") }

    func write(_ text: String) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    /// Imports the file; `text`, if given, is written to it first.
    func run(_ text: String? = nil) throws -> (result: MetricImport.Result, faults: [String]) {
        if let text { try write(text) }
        var faults: [String] = []
        let now = Self.now
        let prices = try TestPrices.catalog()
        let task = MetricImport(
            format: format,
            namespace: namespace,
            prices: prices,
            now: { now },
            linesPerBatch: linesPerBatch
        )
        var result = try task.run(file: path, in: store) { faults.append("\($0)") }
        // Only what is rolled up depends on it.
        result.covered = nil
        return (result, faults.map { $0.replacingOccurrences(of: path, with: "in") })
    }

    func total(
        _ namespace: String,
        _ name: String,
        _ dimensions: [PurserCore.Dimension] = [],
        unit: MetricUnit? = nil
    ) throws -> Distribution {
        let metric = Metric(namespace: namespace, name: name, dimensions: dimensions)
        let reference = MetricReference(metric, unit: unit)
        let (from, to) = (Self.now - 6 * 366 * 86_400, Self.now + 86_400)
        return try store.slots(of: [reference], from: from, to: to)[reference]?.total(from: from, to: to) ?? .empty
    }
}

@Suite struct MetricImportTests {
    @Test("an OpenMetrics import that is cut off after any batch, or ends in a fault, counts every increase once")
    func openMetricsOnce() throws {
        let time = ImportFixture.now.seconds - 900
        var lines = ["# TYPE a counter"]
        for step in 0..<60 { lines.append("a_total{x=\"\(step % 2)\"} \(step) \(time + Int64(10 * (step / 2)))") }
        let whole = lines.joined(separator: "\n") + "\n"
        let expected: Double = 58 + 58
        for cut in [3, 10, 31, 60] {
            var fixture = try ImportFixture(.openmetrics, namespace: "N")
            fixture.linesPerBatch = 2
            // The first import ends with the lines that exist so far.
            _ = try fixture.run(lines.prefix(cut).joined(separator: "\n") + "\n")
            _ = try fixture.run(whole)
            _ = try fixture.run()
            let sum = try ["0", "1"].reduce(0) { try $0 + fixture.total("N", "a_total", [.init("x", $1)]).sum }
            #expect(sum == expected, "cut after \(cut)")
        }
        let faulty = try ImportFixture(.openmetrics, namespace: "N")
        for _ in 0..<3 { _ = try faulty.run(whole + "a_total{x=\"2\"} -1 \(time)\n") }
        #expect(try faulty.total("N", "a_total", [.init("x", "0")]).sum == 58)
    }

    @Test("of two concurrent imports of one file, the one overtaken stops, and every line is stored once")
    func together() throws {
        let fixture = try ImportFixture(.emf)
        let text = (0..<10).map { Self.line($0) + ($0 == 4 ? "\n{\"_aws\":1}\n" : "\n") }.joined()
        try fixture.write(text)
        let prices = try TestPrices.catalog()
        let task = MetricImport(format: .emf, prices: prices, now: { ImportFixture.now }, linesPerBatch: 2)
        var other: MetricImport.Result?
        let error = #expect(throws: MetricImportError.self) {
            try task.run(file: fixture.path, in: fixture.store) { _ in
                // A whole second import runs in the middle of the first.
                guard other == nil else { return }
                other = try? task.run(file: fixture.path, in: Store(path: fixture.store.path, .existing))
            }
        }
        #expect(error?.description == "another import of the same lines is running; import again when it has ended")
        #expect(other?.knownLines == 4 && other?.stored == 6)
        #expect(try fixture.total("A", "M").sum == 45)
        #expect(try fixture.run().result.lines == 0)
    }

    /// Returns a line of the metric M with one value.
    static func line(_ value: Int, second: Int = 0) -> String {
        let time = (ImportFixture.now - 600 + second).milliseconds
        return #"{"_aws":{"Timestamp":\#(time),"CloudWatchMetrics":[{"Namespace":"A","Dimensions":[[]],"#
            + #""Metrics":[{"Name":"M"}]}]},"M":\#(value)}"#
    }

    static func text(_ values: Range<Int>) -> String {
        values.map { line($0, second: $0) + "\n" }.joined()
    }

    @Test("importing a file again stores nothing, and importing it after it has grown stores the added lines")
    func growth() throws {
        let fixture = try ImportFixture(.emf)
        #expect(try fixture.run(Self.text(0..<50)).result == MetricImport.Result(lines: 50, stored: 50))
        #expect(try fixture.run().result == MetricImport.Result(knownLines: 50))
        let grown = try fixture.run(Self.text(0..<80)).result
        #expect(grown == MetricImport.Result(knownLines: 50, lines: 30, stored: 30))
        let total = try fixture.total("A", "M")
        #expect(total.count == 80 && total.sum == Double((0..<80).reduce(0, +)))
    }

    @Test("an unfinished last line waits until it is complete; a complete one without a line ending counts once")
    func lastLine() throws {
        let fixture = try ImportFixture(.emf)
        let part = try fixture.run(Self.text(0..<3) + Self.line(3).prefix(40))
        #expect(part.result.lines == 3 && part.faults.isEmpty && part.result.notes.count == 1)
        #expect(try fixture.run(Self.text(0..<3) + Self.line(3, second: 3)).result.stored == 1)
        let grown = try fixture.run(Self.text(0..<5)).result
        #expect(grown.knownLines == 4 && grown.stored == 1)
        #expect(try fixture.total("A", "M").sum == 10)
    }

    @Test("an import that stopped at any batch resumes there", arguments: [1, 7, 10])
    func resumption(linesPerBatch: Int) throws {
        var fixture = try ImportFixture(.emf)
        fixture.linesPerBatch = linesPerBatch
        try fixture.write(Self.text(0..<40))
        // A store error in the middle ends the import, as a kill between two transactions would.
        let sql = """
            CREATE TRIGGER full BEFORE INSERT ON point WHEN NEW.sequence >= 3
            BEGIN SELECT RAISE(FAIL, 'the disk is full'); END
            """
        try fixture.store.breakForTest(sql)
        #expect(throws: (any Error).self) { try fixture.run() }
        try fixture.store.breakForTest("DROP TRIGGER full")
        let rest = try fixture.run().result
        #expect(rest.knownLines == 2 * linesPerBatch && rest.lines == 40 - 2 * linesPerBatch)
        let total = try fixture.total("A", "M")
        #expect(total.count == 40 && total.sum == 780)
    }

    @Test("another file with the same first line is another import, and both are recognized again")
    func sameBeginning() throws {
        let fixture = try ImportFixture(.emf)
        let (one, other) = (Self.text(0..<5), Self.line(0) + "\n" + Self.line(100) + "\n")
        #expect(try fixture.run(one).result.stored == 5)
        #expect(try fixture.run(other).result.stored == 2)
        #expect(try fixture.run(one).result.stored == 0)
        #expect(try fixture.run(other + Self.line(7) + "\n").result.stored == 1)
        #expect(try fixture.total("A", "M").sum == 117)
        #expect(try fixture.store.writerNames().count == 2)
    }

    @Test("lines with faults, or bytes that are not UTF-8, are reported, and the others are stored")
    func faults() throws {
        let fixture = try ImportFixture(.emf)
        try fixture.write("")
        let handle = try #require(FileHandle(forWritingAtPath: fixture.path))
        let old = Self.line(1, second: -6 * 366 * 86_400)
        try handle.write(contentsOf: Data((Self.line(1) + "\r\n" + old + "\n").utf8) + Data([0xff, 0x0a]))
        try handle.write(contentsOf: Data((Self.line(2) + "\n").utf8))
        let (result, faults) = try fixture.run()
        #expect(result.lines == 4 && result.stored == 2 && result.faults == 2)
        #expect(
            faults[0].hasPrefix("in:2: M: ") && faults[0].contains("five years") && faults[1] == "in:3: is not UTF-8"
        )
        #expect(try fixture.run().result == MetricImport.Result(knownLines: 4))
    }

    @Test("a stream is stored when it ends, and again each time it is imported")
    func stream() throws {
        let fixture = try ImportFixture(.emf)
        let now = ImportFixture.now
        for writer in ["a", "b"] {
            let pipe = Pipe()
            try pipe.fileHandleForWriting.write(contentsOf: Data(("text\n" + Self.text(0..<3) + Self.line(3)).utf8))
            try pipe.fileHandleForWriting.close()
            var result = try MetricImport(format: .emf, prices: try TestPrices.catalog(), now: { now }).run(
                stream: pipe.fileHandleForReading,
                writer: writer,
                in: fixture.store
            )
            result.covered = nil
            #expect(result == MetricImport.Result(lines: 5, skipped: 1, stored: 4))
        }
        #expect(try fixture.total("A", "M").count == 8)
    }
}
