package import Foundation
package import PurserCore
import PurserImport
package import PurserStore

/// Stores metrics that other programs wrote, as a file or as a stream that is followed live.
///
/// A file is imported once: importing it again stores nothing, importing it after it has grown stores the lines added
/// since, and an interrupted import continues where its last batch ended.
package struct MetricImport: Sendable {
    package enum Format: String, Sendable, CaseIterable {
        /// CloudWatch's Embedded Metric Format: one JSON object per line, among other log lines.
        case emf
        /// The OpenMetrics and Prometheus text formats.
        case openmetrics
        /// OpenTelemetry export requests in JSON.
        case otlp
        /// Amazon Bedrock's model invocation logs, one JSON object per line: each call is also entered in the ledger.
        case bedrockLog = "bedrock-log"

        /// The namespace of metrics that come without one; nil if every metric has its own.
        package var defaultNamespace: String? {
            switch self {
            case .emf, .bedrockLog: nil
            case .openmetrics: "OpenMetrics"
            case .otlp: "OpenTelemetry"
            }
        }
    }

    package var format: Format
    /// The namespace of the metrics, for formats without namespaces.
    package var namespace: String
    /// The prices of model calls.
    package var prices: PriceCatalog
    /// The clock, which supplies the time of samples without one and which all times are checked against.
    package var now: @Sendable () -> Timestamp
    /// The number of lines after which a batch is stored, each batch in one transaction.
    package var linesPerBatch: Int

    package init(
        format: Format,
        namespace: String? = nil,
        prices: PriceCatalog,
        now: @escaping @Sendable () -> Timestamp = { .now },
        linesPerBatch: Int = 1000
    ) {
        self.format = format
        self.namespace = namespace ?? format.defaultNamespace ?? ""
        self.prices = prices
        self.now = now
        self.linesPerBatch = linesPerBatch
    }

    package typealias Result = MetricImportResult

    /// The limits for the oldest and the newest datapoint, relative to now.
    static let oldestSeconds = 5 * 366 * 86_400
    static let newestSeconds = 2 * 3600

    var reader: any MetricFormatReader {
        switch format {
        case .emf: EMFReader()
        case .openmetrics: OpenMetricsReader(namespace: namespace, now: now)
        case .otlp: OTLPReader(namespace: namespace)
        case .bedrockLog: BedrockLogReader(prices: prices)
        }
    }

    /// Imports a file from where an earlier import of it ended; calls `report` with every fault.
    ///
    /// A Bedrock log is read in full every time: the ledger recognises the calls that it already has, and calls that
    /// had no price may have one now.
    ///
    /// Throws `StoreError` or ``MetricImportError``; the earlier batches stay stored, and the same import continues
    /// from there.
    ///
    /// - Parameter progress: Called from time to time with the number of bytes that have been read.
    package func run(
        file path: String,
        in store: Store,
        report: (Diagnostic) -> Void = { _ in },
        progress: (Int) -> Void = { _ in }
    ) throws -> Result {
        if format == .bedrockLog || !LineSource.isRegularFile(path) {
            // A pipe can be read only once, and cannot have been imported before.
            return try runOnce(LineSource(path: path), path, Recorder.uniqueWriter(), in: store, progress, report)
        }
        // Importing the same file into another namespace is a separate import.
        let prefix = ["import", format.rawValue, namespace].filter { !$0.isEmpty }.joined(separator: " ")
        let found = try ImportedFile.find(path, prefix: prefix, in: store)
        let batch = ImportBatch(store: store, writer: found.writer, sequence: found.sequence, keepsPosition: true)
        var run = MetricImportRun(self, batch, name: path, known: found.position)
        try run.takeAll(from: LineSource(path: path), progress, report)
        return run.result
    }

    /// Imports a stream to its end; stores a batch every second, and at least every ``linesPerBatch`` lines.
    ///
    /// `writer` must not have been used before.
    package func run(
        stream: FileHandle,
        name: String = "stdin",
        writer: String,
        in store: Store,
        report: (Diagnostic) -> Void = { _ in }
    ) throws -> Result {
        try runOnce(LineSource(stream: stream), name, writer, in: store, { _ in }, report)
    }

    /// Imports an input whose position is not remembered.
    private func runOnce(
        _ source: LineSource,
        _ name: String,
        _ writer: String,
        in store: Store,
        _ progress: (Int) -> Void,
        _ report: (Diagnostic) -> Void
    ) throws -> Result {
        let batch = ImportBatch(store: store, writer: writer, sequence: 0, keepsPosition: false)
        var run = MetricImportRun(self, batch, name: name, known: ImportPosition())
        try run.takeAll(from: source, progress, report)
        return run.result
    }
}

/// An input that cannot be imported any further.
package struct MetricImportError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The state of one import.
struct MetricImportRun {
    private(set) var result = MetricImport.Result()
    private let name: String
    private let now: @Sendable () -> Timestamp
    private let linesPerBatch: Int
    private var reader: any MetricFormatReader
    private var batch: ImportBatch
    /// The position up to which an earlier import has stored the lines.
    private let known: ImportPosition
    private var position = ImportPosition()
    /// The end of the previous line.
    private var previous = ImportPosition()
    private var linesInBatch = 0
    private var commits = 0
    /// The days, since 1970, whose calls the ledger does not have any more.
    private var daysWithoutCalls: Set<Int64> = []

    init(_ task: MetricImport, _ batch: ImportBatch, name: String, known: ImportPosition) {
        self.name = name
        now = task.now
        linesPerBatch = task.linesPerBatch
        reader = task.reader
        self.batch = batch
        self.known = known
        result.knownLines = known.lines
    }

    mutating func takeAll(
        from source: LineSource,
        _ progress: (Int) -> Void,
        _ report: (Diagnostic) -> Void
    ) throws {
        daysWithoutCalls = try batch.store.daysWithoutCalls()
        while true {
            switch try source.next() {
            case .line(let bytes, let isWhole):
                if !isWhole, batch.keepsPosition, !isComplete(bytes) {
                    note(
                        "the last line has no line end and may be incomplete, so it is left for the next import"
                    )
                    continue
                }
                previous = position
                position.add(bytes)
                take(bytes, report)
                if position.lines % 1000 == 0 { progress(position.bytes) }
                if linesInBatch >= linesPerBatch || batch.datapoints >= Self.mostDatapoints { try commit() }
            case .pause:
                do {
                    try commit(isPause: true)
                } catch let error as StoreError where error.kind == .busy {
                    // The batch is intact, so a stream that has run for months need not end because of this.
                    note("the store was busy, so new data had to wait: \(error)")
                }
            case .end:
                if position.lines > known.lines {
                    let reading = reader.finish()
                    if !reading.isUnfinished { batch.position = position }
                    add(reading, report)
                }
                try commit()
                return
            }
        }
    }

    private mutating func take(_ bytes: [UInt8], _ report: (Diagnostic) -> Void) {
        let isKnown = position.lines <= known.lines
        if isKnown, !reader.remembers, position.lines < known.lines { return }
        let place = name + ":\(position.lines)"
        let text = String(validating: bytes, as: UTF8.self)
        let reading = text.map { reader.read($0, at: place) }
        if isKnown {
            // Lines that an earlier import stored are read again only to restore the reader's state.
            if position.lines == known.lines {
                _ = reader.finish()
                batch.isStored(to: position)
            }
            return
        }
        linesInBatch += 1
        result.lines += 1
        add(reading ?? LineReading(faults: [Diagnostic(file: place, "is not UTF-8")]), report)
        if !reader.isPending {
            batch.position = position
        } else if reading?.endsEarlier == true {
            // What is stored now ends with the previous line; this one begins something new.
            batch.position = previous
        }
    }

    /// Returns whether a line without a line end is complete, by reading it with a copy of the reader.
    private func isComplete(_ bytes: [UInt8]) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        let isClosed = text.hasSuffix("}") || text == "# EOF"
        var copy = reader
        return isClosed && copy.read(text, at: name).faults.isEmpty && !copy.isPending
    }

    private mutating func add(_ reading: LineReading, _ report: (Diagnostic) -> Void) {
        result.skipped += reading.isSkipped ? 1 : 0
        var faults = reading.faults
        let now = now()
        let range = (now - MetricImport.oldestSeconds)...(now + MetricImport.newestSeconds)
        for point in reading.points {
            if range.contains(point.slot.start) {
                batch.add(point)
                result.stored += 1
                result.cover(point.slot.start)
            } else if faults.isEmpty {
                let message = "\(point.slot.start) is not between five years ago and two hours ahead (it is \(now))"
                faults.append(Diagnostic(file: name + ":\(position.lines)", key: point.series.metric.name, message))
            }
        }
        for call in reading.calls {
            let message: String
            if daysWithoutCalls.contains(call.time.seconds / 86_400) {
                message =
                    "the calls of \(ClockZone.utc.name(ofPeriod: 86_400, at: call.time)) are kept only as the totals of the"
                    + " day, so that it is not known whether this one is among them"
            } else if range.contains(call.time) {
                batch.add(call)
                result.cover(call.time)
                continue
            } else {
                message = "\(call.time) is not between five years ago and two hours ahead (it is \(now))"
            }
            faults.append(Diagnostic(file: name + ":\(position.lines)", key: "timestamp", message))
        }
        result.faults += faults.count
        faults.forEach(report)
        reading.notes.forEach { note($0) }
    }

    private mutating func note(_ text: String) {
        if !result.notes.contains(text) { result.notes.append(text) }
    }

    /// Stores the batch, and rolls up from time to time, because a stream may run for months.
    private mutating func commit(isPause: Bool = false) throws {
        linesInBatch = 0
        commits += 1
        try batch.commit()
        (result.calls, result.knownCalls) = (batch.enteredCalls, batch.knownCalls)
        guard isPause || commits % Self.commitsBetweenRollUps == 0 else { return }
        do {
            try batch.store.rollUp(limitSeconds: 1)
            daysWithoutCalls = try batch.store.daysWithoutCalls()
        } catch {
            note("the metrics could not be rolled up: \(error)")
        }
    }

    private static let commitsBetweenRollUps = 64
    /// The maximum number of datapoints that are stored together, even from few lines: a transaction must stay short.
    private static let mostDatapoints = 20_000
}
