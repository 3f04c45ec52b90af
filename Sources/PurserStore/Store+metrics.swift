import Foundation
import GRDB
public import PurserCore
import Synchronization

/// What one writer recorded since its last flush.
public struct Flush: Sendable {
    /// Who writes: the same name in every flush of one process or one import, and in no other's.
    public var writer: String
    /// Above the writer's last one; a flush that is not is taken for a repetition and ignored.
    public var sequence: Int
    public var points: [Point]
    /// What a resumable import wants to find again, in its own JSON; nil leaves the stored one.
    public var note: String?

    public struct Point: Sendable {
        public var series: Series
        public var slot: Slot

        public init(series: Series, slot: Slot) {
            self.series = series
            self.slot = slot
        }
    }

    public init(writer: String, sequence: Int, points: [Point], note: String? = nil) {
        self.writer = writer
        self.sequence = sequence
        self.points = points
        self.note = note
    }
}

/// How far a writer has come.
public struct WriterProgress: Sendable, Equatable {
    public var sequence: Int
    public var note: String?
}

extension Store {
    /// Stores a flush as a whole; false, and nothing is changed, where it was stored before.
    @discardableResult
    public func record(_ flush: Flush) throws -> Bool {
        try write { db in
            let writer = try db.cachedStatement(
                sql: """
                    INSERT INTO writer (name, sequence, note) VALUES (?, ?, ?)
                    ON CONFLICT (name) DO UPDATE SET sequence = excluded.sequence, note = coalesce(excluded.note, note)
                    WHERE sequence < excluded.sequence RETURNING id
                    """
            )
            guard let id = try Int64.fetchOne(writer, arguments: [flush.writer, flush.sequence, flush.note]) else {
                return false
            }
            let insert = try db.cachedStatement(
                sql: "INSERT INTO point (time, series, writer, sequence, distribution) VALUES (?, ?, ?, ?, ?)"
            )
            for point in flush.points {
                let series = try identifier(of: point.series, db)
                let bytes = Data(point.slot.distribution.encoded())
                try insert.execute(arguments: [point.slot.start.seconds, series, id, flush.sequence, bytes])
            }
            return true
        }
    }

    /// How far a writer has come; nil where it never wrote.
    public func progress(ofWriter name: String) throws -> WriterProgress? {
        try read { db in
            let row = try Row.fetchOne(db, sql: "SELECT sequence, note FROM writer WHERE name = ?", arguments: [name])
            return row.map { WriterProgress(sequence: $0[0], note: $0[1]) }
        }
    }

    /// The slots of several series that start at `from` or later and before `to`, in one pass.
    ///
    /// Every reference has an entry, an empty one where nothing is stored. Slots that several processes wrote, or that
    /// have different units where the reference names none, stand beside each other with the same start.
    public func slots(
        of references: [MetricReference],
        from: Timestamp,
        to: Timestamp
    ) throws -> [MetricReference: SlotSeries] {
        try read { db in
            var owners: [Int64: [MetricReference]] = [:]
            for reference in Set(references) {
                for id in try identifiers(matching: reference, db) {
                    owners[id, default: []].append(reference)
                }
            }
            var slots: [MetricReference: [Slot]] = [:]
            if !owners.isEmpty, from < to {
                // The ids are our own integers; SQLite skips the rows of other series without reading their blobs.
                let ids = owners.keys.sorted().map(String.init).joined(separator: ",")
                let rows = try Row.fetchCursor(
                    db,
                    sql: """
                        SELECT time, series, distribution FROM point
                        WHERE time >= ? AND time < ? AND series IN (\(ids)) ORDER BY time
                        """,
                    arguments: [Self.seconds(notBefore: from), Self.seconds(notBefore: to)]
                )
                while let row = try rows.next() {
                    guard let references = owners[row[1]] else { continue }
                    let slot = try row.withUnsafeData(atIndex: 2) { bytes in
                        Slot(
                            start: Timestamp(seconds: row[0]),
                            distribution: try (bytes ?? Data()).withUnsafeBytes { try Distribution(encoded: $0) }
                        )
                    }
                    for reference in references {
                        slots[reference, default: []].append(slot)
                    }
                }
            }
            var result: [MetricReference: SlotSeries] = [:]
            for reference in references {
                result[reference] = SlotSeries(slots[reference] ?? [])
            }
            return result
        }
    }

    /// The stored series, optionally of one namespace or one name, in ascending order.
    public func series(namespace: String? = nil, name: String? = nil) throws -> [Series] {
        try read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT namespace, name, dimensions, unit FROM series
                    WHERE (?1 IS NULL OR namespace = ?1) AND (?2 IS NULL OR name = ?2)
                    """,
                arguments: [namespace, name]
            )
            return try rows.map { row in
                let dimensions = try Self.dimensions(row[2])
                let metric = Metric(namespace: row[0], name: row[1], dimensions: dimensions)
                return Series(metric, unit: MetricUnit(rawValue: row[3]) ?? .none)
            }.sorted { ($0.metric, $0.unit.rawValue) < ($1.metric, $1.unit.rawValue) }
        }
    }

    /// The end of the newest stored slot that starts before `time`; nil where there is none.
    public func newestSlotEnd(before time: Timestamp) throws -> Timestamp? {
        try read { db in
            let newest = try Int64.fetchOne(
                db,
                sql: "SELECT time FROM point WHERE time < ? ORDER BY time DESC LIMIT 1",
                arguments: [time.seconds]
            )
            return newest.map { Timestamp(seconds: $0) + Slot.seconds }
        }
    }

    private func identifiers(matching reference: MetricReference, _ db: Database) throws -> [Int64] {
        let metric = reference.metric
        let statement = try db.cachedStatement(
            sql: """
                SELECT id FROM series
                WHERE namespace = ?1 AND name = ?2 AND dimensions = ?3 AND (?4 IS NULL OR unit = ?4)
                """
        )
        return try Int64.fetchAll(
            statement,
            arguments: [metric.namespace, metric.name, Self.text(metric.dimensions), reference.unit?.rawValue]
        )
    }

    private func identifier(of series: Series, _ db: Database) throws -> Int64 {
        if let known = identifiers.withLock({ $0.series[series] }) { return known }
        let metric = series.metric
        let key: StatementArguments = [
            metric.namespace, metric.name, Self.text(metric.dimensions), series.unit.rawValue,
        ]
        try db.cachedStatement(
            sql: "INSERT INTO series (namespace, name, dimensions, unit) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
        ).execute(arguments: key)
        let select = try db.cachedStatement(
            sql: "SELECT id FROM series WHERE namespace = ? AND name = ? AND dimensions = ? AND unit = ?"
        )
        guard let id = try Int64.fetchOne(select, arguments: key) else {
            throw StoreError(.failed, path: path, detail: "the series \(metric) could not be stored")
        }
        identifiers.withLock { $0.series[series] = id }
        return id
    }

    private static func text(_ dimensions: [PurserCore.Dimension]) -> String {
        JSONValue.array(dimensions.map { [.string($0.name), .string($0.value)] }).text()
    }

    private static func dimensions(_ text: String) throws -> [PurserCore.Dimension] {
        let pairs = try JSONValue(parsing: text).array ?? []
        return pairs.compactMap { pair in
            guard let parts = pair.array, parts.count == 2, let name = parts[0].string, let value = parts[1].string
            else { return nil }
            return PurserCore.Dimension(name, value)
        }
    }

    /// The first whole second that is not before a time.
    private static func seconds(notBefore time: Timestamp) -> Int64 {
        time.milliseconds % 1000 == 0 ? time.seconds : time.seconds + 1
    }
}
