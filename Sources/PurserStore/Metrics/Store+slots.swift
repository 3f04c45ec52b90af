import Foundation
import GRDB
package import PurserCore

extension Store {
    /// Returns the slots of several series that start at `from` or later and before `to`, in one pass.
    ///
    /// If `period`, a whole number of seconds, is given, the slots are merged into periods counted from `from`, and
    /// each starts at the beginning of its period; otherwise they are returned as finely as they are stored. An hour
    /// that lies within one period is read as its total. Every reference has an entry, which is empty if nothing is
    /// stored. There may be several slots with the same start if several processes wrote them, or if they have
    /// different units and the reference does not name one.
    package func slots(
        of references: [MetricReference],
        from: Timestamp,
        to: Timestamp,
        period: Int? = nil
    ) throws -> [MetricReference: SlotSeries] {
        let grid = period.map { SlotGrid(period: $0, from: from) }
        return try slots([SlotRead(references: references, from: from, to: to, grid: grid)])[0]
    }

    /// Returns the slots of several reads, as of the same moment.
    ///
    /// The slots of a read with a grid are merged into the grid's pieces, and each starts at the beginning of its piece.
    package func slots(_ reads: [SlotRead]) throws -> [[MetricReference: SlotSeries]] {
        try read { db in
            let totalsBefore = try resolutions(db).totalsBefore
            var open: [OpenRead] = []
            for read in reads {
                var owners: [Int64: [Int]] = [:]
                let references = Array(Set(read.references))
                for (number, ids) in try identifiers(matching: references, db).enumerated() {
                    for id in ids { owners[id, default: []].append(number) }
                }
                let count = references.count
                var collector = SlotCollector(references: count, from: read.from, to: read.to, grid: read.grid)
                let runs = read.from < read.to ? collector.runs(totalsBefore: totalsBefore) : []
                for (id, owners) in owners.sorted(by: { $0.key < $1.key }) {
                    for run in runs { try readHours(of: id, run, into: &collector, owners, db) }
                }
                open.append(OpenRead(references: references, owners: owners, collector: collector))
            }
            try readPoints(into: &open, db)
            return open.map { Dictionary(uniqueKeysWithValues: zip($0.references, $0.collector.series)) }
        }
    }

    private struct OpenRead {
        var references: [MetricReference]
        /// The numbers of the references that a series belongs to.
        var owners: [Int64: [Int]]
        var collector: SlotCollector
    }

    private func readHours(
        of series: Int64,
        _ run: SlotCollector.Run,
        into collector: inout SlotCollector,
        _ owners: [Int],
        _ db: Database
    ) throws {
        let statement = try db.cachedStatement(
            sql: "SELECT id, content FROM \(run.level.table) WHERE id >= ? AND id < ? ORDER BY id"
        )
        let ids = run.level.ids(series, run.hours)
        let rows = try Row.fetchCursor(statement, arguments: [ids.lowerBound, ids.upperBound])
        while let row = try rows.next() {
            let hour = StoredHour.hour(of: row[0])
            try row.withUnsafeData(atIndex: 1) { bytes in
                try (bytes ?? Data()).withUnsafeBytes {
                    try collector.add(encoded: $0, hour: hour, in: run.hours, owners)
                }
            }
        }
    }

    /// Reads the slots that are not rolled up yet, in one pass over the rows of all series.
    private func readPoints(into open: inout [OpenRead], _ db: Database) throws {
        var readers: [Int64: [(read: Int, owners: [Int])]] = [:]
        for (number, read) in open.enumerated() where read.collector.firstSecond < read.collector.endSecond {
            for (id, owners) in read.owners { readers[id, default: []].append((number, owners)) }
        }
        guard let first = open.map(\.collector.firstSecond).min(), let end = open.map(\.collector.endSecond).max(),
            !readers.isEmpty
        else { return }
        // The ids are our own integers; SQLite skips the rows of other series without reading their blobs.
        let ids = readers.keys.sorted().map(String.init).joined(separator: ",")
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT time, series, distribution FROM point
                WHERE time >= ? AND time < ? AND series IN (\(ids)) ORDER BY time
                """,
            arguments: [first, end]
        )
        while let row = try rows.next() {
            let time: Int64 = row[0]
            for (number, owners) in readers[row[1]] ?? [] where open[number].collector.covers(time) {
                try row.withUnsafeData(atIndex: 2) { bytes in
                    try (bytes ?? Data()).withUnsafeBytes {
                        try open[number].collector.add(encoded: $0, start: time, owners)
                    }
                }
            }
        }
    }

    /// Returns how many slots that are not rolled up yet start after a given time.
    package func slotCount(after time: Timestamp) throws -> Int {
        try read { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM point WHERE time > ?", arguments: [time.seconds]) ?? 0
        }
    }

    /// Returns the end of a namespace's newest stored slot that starts before `time`; nil if there is none.
    package func newestSlotEnd(before time: Timestamp, namespace: String) throws -> Timestamp? {
        try read { db in
            let recent = try Int64.fetchOne(
                db,
                sql: """
                    SELECT time FROM point WHERE time < ?1 AND series IN (SELECT id FROM series WHERE namespace = ?2)
                    ORDER BY time DESC LIMIT 1
                    """,
                arguments: [time.seconds, namespace]
            )
            let end = recent.map { $0 + Int64(Slot.seconds) }
            // Nothing in the store is newer than its writers' records.
            let last = try Int64.fetchOne(db, sql: "SELECT max(newest) FROM writer")
            if let end, let last, end >= last { return Timestamp(seconds: end) }
            let series = try Int64.fetchAll(
                db,
                sql: "SELECT id FROM series WHERE namespace = ?",
                arguments: [namespace]
            )
            let ends = [end, try newestBlockEnd(of: series, before: time, db)]
            return ends.compactMap(\.self).max().map { Timestamp(seconds: $0) }
        }
    }

    private func newestBlockEnd(of series: [Int64], before time: Timestamp, _ db: Database) throws -> Int64? {
        guard time.seconds > 0 else { return nil }
        let hours = 0..<(time.seconds - 1) / 3600 + 1
        for kind in [StoredHour.block, .total] {
            let find = try db.cachedStatement(
                sql: "SELECT id FROM \(kind.table) WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 2"
            )
            // Two rows per series, because all slots in the row that contains the time may be later than it.
            var byHour: [Int64: [Int64]] = [:]
            for series in series {
                let ids = kind.ids(series, hours)
                for id in try Int64.fetchAll(find, arguments: [ids.lowerBound, ids.upperBound]) {
                    byHour[StoredHour.hour(of: id), default: []].append(id)
                }
            }
            for (hour, ids) in byHour.sorted(by: { $0.key > $1.key }) {
                let ends = try ids.compactMap { id -> Int64? in
                    guard let bytes = try content(id, kind, db) else { return nil }
                    let block = try DistributionBlock(encoded: bytes)
                    let starts = block.entries.map { hour * 3600 + Int64($0.index * block.step) }
                    return starts.last { $0 < time.seconds }.map { $0 + Int64(block.step) }
                }
                if let newest = ends.max() { return newest }
            }
        }
        return nil
    }
}

extension Row {
    /// Returns the distribution that is encoded in a column.
    func distribution(at column: Int) throws -> Distribution {
        try withUnsafeData(atIndex: column) { bytes in
            try (bytes ?? Data()).withUnsafeBytes { try Distribution(encoded: $0) }
        }
    }
}
