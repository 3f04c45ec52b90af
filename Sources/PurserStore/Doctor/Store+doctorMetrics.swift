import Foundation
import GRDB
import PurserCore

/// The space that rolled-up metrics take up.
struct BlockSizes {
    var hours = 0
    var bytes = 0
    var expectedBytes = 0
}

extension Store {
    /// The bytes that a row takes in addition to its content: its id, its lengths and its share of the tree above it.
    private static let rowBytes = 14.0

    func blockSizes(_ db: Database) throws -> BlockSizes {
        var sizes = BlockSizes()
        /// The mean size of an hour in bytes, by step.
        var means: [Int: Double] = [:]
        let blocks = try Row.fetchCursor(
            db,
            sql: "SELECT substr(content, 1, 1) AS head, count(*), sum(length(content)) FROM block GROUP BY head"
        )
        var steps: [Int: (rows: Int, bytes: Int)] = [:]
        while let row = try blocks.next() {
            let step = try DistributionBlock.step(ofEncoded: [UInt8](row[0] as Data))
            steps[step, default: (0, 0)].rows += row[1]
            steps[step, default: (0, 0)].bytes += row[2]
        }
        for (step, found) in steps {
            means[step] = Double(found.bytes) / Double(found.rows) + Self.rowBytes
            sizes.hours += found.rows
            sizes.bytes += found.bytes
        }
        // Totals take two rows per day.
        let totals = try Row.fetchOne(db, sql: "SELECT count(*), coalesce(sum(length(content)), 0) FROM total")
        if let totals, (totals[0] as Int) > 0 {
            sizes.bytes += totals[1]
            means[DistributionBlock.seconds] =
                (Double(totals[1] as Int) / Double(totals[0] as Int) + Self.rowBytes) / 12
        }
        var hoursBefore = 0
        var mean = 0.0
        let perSeries = try resolutions(db).ladder.rungs.reduce(0.0) { bytes, rung in
            // A step that no data has reached yet takes no more than the finer one before it.
            mean = means[rung.step] ?? mean
            // Totals are kept in addition to all finer slots.
            let hours = rung.step == DistributionBlock.seconds ? rung.hours : rung.hours - hoursBefore
            hoursBefore = rung.hours
            return bytes + Double(hours) * mean
        }
        let series = try Int.fetchOne(db, sql: "SELECT count(DISTINCT id / (2 << 24)) FROM total") ?? 0
        sizes.expectedBytes = Int(perSeries) * series
        return sizes
    }

    private struct Totals: Equatable {
        var count = 0
        var sumNanos: Int128 = 0
    }

    /// Returns a fault for each hour whose total differs from the sum of its slots, and for each day whose total
    /// differs from the sum of its hours.
    func differingTotals(_ db: Database) throws -> [String] {
        let totalsBefore = try resolutions(db).totalsBefore
        var faults: [String] = []
        for series in try Int64.fetchAll(db, sql: "SELECT id FROM series") {
            let blocks = try totals(of: series, .block, &faults, db)
            let hours = try totals(of: series, .total, &faults, db)
            let days = try totals(of: series, .day, &faults, db)
            for hour in Set(blocks.keys).union(hours.keys).sorted() where hour >= totalsBefore {
                if blocks[hour] != hours[hour] { faults.append(try fault(series, hour, "hour", db)) }
            }
            var sums: [Int64: Totals] = [:]
            for (hour, total) in hours {
                sums[hour / 24 * 24, default: Totals()].count &+= total.count
                sums[hour / 24 * 24, default: Totals()].sumNanos &+= total.sumNanos
            }
            for day in Set(days.keys).union(sums.keys).sorted() where days[day] != sums[day] {
                faults.append(try fault(series, day, "day", db))
            }
        }
        let points = try Row.fetchCursor(db, sql: "SELECT series, time, distribution FROM point")
        while let row = try points.next() {
            if (try? row.distribution(at: 2)) != nil { continue }
            let name = try self.name(row[0], db)
            faults.append("a slot of \(name) from \(Timestamp(seconds: row[1])) is damaged")
        }
        return faults
    }

    /// Returns the totals of a series' rows by hour, or by the first hour of each day.
    private func totals(
        of series: Int64,
        _ kind: StoredHour,
        _ faults: inout [String],
        _ db: Database
    ) throws -> [Int64: Totals] {
        let statement = try db.cachedStatement(
            sql: "SELECT id, content FROM \(kind.table) WHERE id >= ? AND id < ?"
        )
        let ids = kind.ids(series, 0..<StoredHour.mostHours)
        let rows = try Row.fetchCursor(statement, arguments: [ids.lowerBound, ids.upperBound])
        var reader = DistributionBlockReader()
        var found: [Int64: Totals] = [:]
        while let row = try rows.next() {
            let first = StoredHour.hour(of: row[0])
            do {
                try row.withUnsafeData(atIndex: 1) { bytes in
                    try (bytes ?? Data()).withUnsafeBytes { try reader.read($0) }
                }
            } catch is CorruptDistribution {
                faults.append(
                    "the data stored for \(try name(series, db)) from \(Timestamp(seconds: first * 3600)) is damaged"
                )
                continue
            }
            for entry in reader.entries {
                let hour = first + Int64(entry.index * reader.step / DistributionBlock.seconds)
                found[hour, default: Totals()].count &+= entry.count
                found[hour, default: Totals()].sumNanos &+= entry.sumNanos
            }
        }
        return found
    }

    private func name(_ series: Int64, _ db: Database) throws -> String {
        let name = try String.fetchOne(
            db,
            sql: "SELECT namespace || ' ' || name FROM series WHERE id = ?",
            arguments: [series]
        )
        return name ?? "a missing series"
    }

    private func fault(_ series: Int64, _ hour: Int64, _ length: String, _ db: Database) throws -> String {
        let start = Timestamp(seconds: hour * 3600)
        return "the total of \(try name(series, db)) for the \(length) from \(start) does not match the stored data"
    }
}
