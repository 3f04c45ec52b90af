import Foundation
import GRDB
package import PurserCore
import Synchronization

extension Store {
    /// Stores a flush as a whole; returns false, without changing anything, if it was stored before.
    ///
    /// Slots older than the store's retention are not kept.
    @discardableResult
    package func record(_ flush: Flush) throws -> Bool {
        let isSound = flush.points.allSatisfy { !$0.slot.distribution.isEmpty && $0.slot.start.seconds >= 0 }
        guard isSound else {
            throw StoreError(
                .failed,
                path: path,
                detail: "a slot must have samples and begin after 1970; nothing was stored"
            )
        }
        return try write { db in
            let writer = try db.cachedStatement(
                sql: """
                    INSERT INTO writer (name, sequence, note, newest) VALUES (?, ?, ?, ?)
                    ON CONFLICT (name) DO UPDATE SET sequence = excluded.sequence,
                        note = coalesce(excluded.note, note), newest = max(newest, excluded.newest)
                    WHERE sequence < excluded.sequence RETURNING id
                    """
            )
            let newest = flush.points.map { $0.slot.start.seconds + Int64(Slot.seconds) }.max() ?? 0
            let arguments: StatementArguments = [flush.writer, flush.sequence, flush.note, newest]
            guard let id = try Int64.fetchOne(writer, arguments: arguments) else { return false }
            var rest: [(series: Int64, slot: Slot)] = []
            rest.reserveCapacity(flush.points.count)
            for point in flush.points {
                rest.append((try identifier(of: point.series, db), point.slot))
            }
            if rest.count >= Self.slotsOfBlock { rest = try mergeWholeBlocks(rest, db) }
            let insert = try db.cachedStatement(sql: Self.insertPoint)
            for (series, slot) in rest {
                let bytes = Data(slot.distribution.encoded())
                try insert.execute(arguments: [slot.start.seconds, series, id, flush.sequence, bytes])
            }
            return true
        }
    }

    static let insertPoint =
        "INSERT INTO point (time, series, writer, sequence, distribution) VALUES (?, ?, ?, ?, ?)"

    /// A flush that has this many slots for one hour of a series writes that hour's block directly. The slots of an
    /// import or a replay need not wait in `point`, which would cost several times as much.
    private static let slotsOfBlock = 30

    /// Merges the slots of each hour that has many of them into its block, and returns the others.
    private func mergeWholeBlocks(
        _ slots: [(series: Int64, slot: Slot)],
        _ db: Database
    ) throws -> [(series: Int64, slot: Slot)] {
        let groups = Dictionary(grouping: slots) { StoredHour.block.id($0.series, $0.slot.start.seconds / 3600) }
        guard groups.values.contains(where: { $0.count >= Self.slotsOfBlock }) else { return slots }
        let resolutions = try resolutions(db)
        var rest: [(series: Int64, slot: Slot)] = []
        for (id, slots) in groups.sorted(by: { $0.key < $1.key }) {
            guard slots.count >= Self.slotsOfBlock else {
                rest += slots
                continue
            }
            let hour = StoredHour.hour(of: id)
            let hourSlots = slots.map {
                HourSlot(offset: Int($0.slot.start.seconds - hour * 3600), distribution: $0.slot.distribution)
            }
            try merge(hourSlots, slots[0].series, hour, resolutions, db)
        }
        return rest
    }

    /// Returns the progress of a writer; nil if it has never written.
    package func progress(ofWriter name: String) throws -> WriterProgress? {
        try read { db in
            let row = try Row.fetchOne(db, sql: "SELECT sequence, note FROM writer WHERE name = ?", arguments: [name])
            return row.map { WriterProgress(sequence: $0[0], note: $0[1]) }
        }
    }

    /// Returns the stored series, optionally of one namespace or one name, in ascending order.
    package func series(namespace: String? = nil, name: String? = nil) throws -> [Series] {
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

    /// Returns the series that each reference matches.
    func identifiers(matching references: [MetricReference], _ db: Database) throws -> [[Int64]] {
        let newest = try Int64.fetchOne(try db.cachedStatement(sql: "SELECT max(id) FROM series")) ?? 0
        var known = identifiers.withLock { identifiers in
            let isFull = identifiers.matching.count + references.count > Self.mostReferences
            if identifiers.newestSeries != newest || isFull { identifiers.matching = [:] }
            identifiers.newestSeries = newest
            return identifiers.matching
        }
        let count = known.count
        let matching = try references.map { reference in
            if let ids = known[reference] { return ids }
            let ids = try identifiers(matching: reference, db)
            known[reference] = ids
            return ids
        }
        if known.count > count {
            identifiers.withLock { if $0.newestSeries == newest { $0.matching = known } }
        }
        return matching
    }

    private static let mostReferences = 20_000

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
}
