import PurserAWS
import PurserCore
import PurserImport
import PurserStore

/// How much of a file has been imported.
struct ImportPosition: Sendable, Equatable {
    var lines = 0
    var bytes = 0
    /// A hash chain over the lines: each link is the SHA-256 of the previous link and the line, so it can be continued
    /// from here.
    private(set) var digest: [UInt8] = []

    mutating func add(_ line: [UInt8]) {
        lines += 1
        bytes += line.count + 1
        digest = SHA256.digest(digest + line)
    }
}

extension ImportPosition {
    /// The note that is stored with every batch.
    var note: String {
        let note: JSONValue = [
            "bytes": .integer(bytes), "lines": .integer(lines), "hash": .string(digest.hexadecimal),
        ]
        return note.text()
    }
}

/// The datapoints since the last batch, merged into one per series and slot.
struct ImportBatch {
    let store: Store
    let writer: String
    /// The sequence number of the last stored batch.
    private(set) var sequence: Int
    /// Whether the store remembers the position of the import: for a file, not for a stream.
    let keepsPosition: Bool
    /// The end of the lines whose datapoints are all in this batch or in earlier ones.
    var position = ImportPosition()
    private var storedPosition: ImportPosition?
    private var merged: [Series: [Timestamp: Distribution]] = [:]
    private var calls: [LoggedCall] = []
    /// The number of datapoints since the last batch.
    private(set) var datapoints = 0
    /// The number of calls that the ledger already had.
    private(set) var knownCalls = 0
    private(set) var enteredCalls = 0

    init(store: Store, writer: String, sequence: Int, keepsPosition: Bool) {
        self.store = store
        self.writer = writer
        self.sequence = sequence
        self.keepsPosition = keepsPosition
    }

    mutating func add(_ point: Flush.Point) {
        datapoints += 1
        merged[point.series, default: [:]][point.slot.start, default: .empty].merge(point.slot.distribution)
    }

    mutating func add(_ call: LoggedCall) {
        datapoints += 1
        calls.append(call)
    }

    /// Stores the batch in one transaction, if there is something to store.
    mutating func commit() throws {
        let isFurther = keepsPosition && position.lines > 0 && position != storedPosition
        guard !merged.isEmpty || !calls.isEmpty || isFurther else { return }
        let calls = calls
        let (batch, entered) = try store.transaction {
            var batch = self
            // A call counts in the metrics when it is entered, so it counts only once.
            let entered = try calls.filter { try $0.enter(in: store) }
            for point in entered.flatMap(\.points) {
                batch.add(point)
            }
            try batch.record()
            return (batch, entered.count)
        }
        self = batch
        enteredCalls += entered
        knownCalls += calls.count - entered
        self.calls.removeAll(keepingCapacity: true)
        datapoints = 0
    }

    private mutating func record() throws {
        // If everything was already known, there is no reason to remember the writer.
        guard !merged.isEmpty || keepsPosition else { return }
        let points = merged.flatMap { series, slots in
            slots.map { Flush.Point(series: series, slot: Slot(start: $0.key, distribution: $0.value)) }
        }
        let flush = Flush(
            writer: writer,
            sequence: sequence + 1,
            points: points.sorted { $0.slot.start < $1.slot.start },
            note: keepsPosition ? position.note : nil
        )
        guard try store.record(flush) else {
            throw MetricImportError("another import of the same lines is running; import again when it has ended")
        }
        sequence += 1
        storedPosition = position
        merged.removeAll(keepingCapacity: true)
    }

    /// Marks the lines up to a position as stored, so that they are not stored again.
    mutating func isStored(to position: ImportPosition) {
        self.position = position
        storedPosition = position
    }
}

/// Where a file's import continues: its writer, and how far it has got.
struct ImportedFile {
    var writer: String
    var sequence: Int
    var position: ImportPosition

    /// The maximum number of files with the same first line that are distinguished; more are not expected.
    private static let mostWriters = 10_000

    /// Finds the import that began with the file's first line and whose lines are a prefix of the file's.
    static func find(_ path: String, prefix: String, in store: Store) throws -> ImportedFile {
        var source = try LineSource(path: path)
        var first: [UInt8] = []
        if case .line(let bytes, _) = try source.next() { first = bytes }
        let name = prefix + " " + SHA256.hex(first)
        var writers: [String: (name: String, sequence: Int)] = [:]
        var free = name
        var last = 0
        for number in 1...mostWriters {
            free = number == 1 ? name : name + " \(number)"
            guard let progress = try store.progress(ofWriter: free) else { break }
            guard let note = try progress.note.map({ try JSONValue(parsing: $0) }), let hash = note["hash"]?.string,
                let lines = note["lines"]?.integer
            else { continue }
            writers["\(lines) \(hash)"] = (free, progress.sequence)
            last = max(last, lines)
        }
        var found: ImportedFile?
        var position = ImportPosition()
        source = try LineSource(path: path)
        while position.lines < last, case .line(let bytes, _) = try source.next() {
            position.add(bytes)
            if let writer = writers["\(position.lines) \(position.digest.hexadecimal)"] {
                found = ImportedFile(writer: writer.name, sequence: writer.sequence, position: position)
            }
        }
        return found ?? ImportedFile(writer: free, sequence: 0, position: ImportPosition())
    }
}
