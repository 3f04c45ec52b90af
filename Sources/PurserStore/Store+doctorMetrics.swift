import Foundation
import GRDB
import PurserCore

/// What the rolled up metrics take.
struct BlockSizes {
    var hours = 0
    var bytes = 0
    var expectedBytes = 0
}

extension Store {
    /// What a row takes beside its content: its id, its lengths and its share of the tree above.
    private static let rowBytes = 14.0

    func blockSizes(_ db: Database) throws -> BlockSizes {
        var sizes = BlockSizes()
        /// The mean bytes of an hour, by step.
        var means: [Int: Double] = [:]
        func read(_ table: String) throws -> (rows: Int, bytes: Int) {
            var sum = (rows: 0, bytes: 0)
            let rows = try Row.fetchCursor(
                db,
                sql: "SELECT substr(content, 1, 1) AS head, count(*), sum(length(content)) FROM \(table) GROUP BY head"
            )
            var steps: [Int: (rows: Int, bytes: Int)] = [:]
            while let row = try rows.next() {
                let step = try DistributionBlock.step(ofEncoded: [UInt8](row[0] as Data))
                steps[step, default: (0, 0)].rows += row[1]
                steps[step, default: (0, 0)].bytes += row[2]
                sum = (sum.rows + row[1], sum.bytes + row[2])
            }
            for (step, found) in steps {
                means[step] = Double(found.bytes) / Double(found.rows) + Self.rowBytes
            }
            return sum
        }
        let totals = try read("total")
        let blocks = try read("block")
        sizes.hours = blocks.rows
        sizes.bytes = totals.bytes + blocks.bytes
        var hoursBefore = 0
        var mean = 0.0
        let perSeries = try resolutions(db).ladder.rungs.reduce(0.0) { bytes, rung in
            // A step that is not reached yet takes no more than the finer one before it.
            mean = means[rung.step] ?? mean
            // Totals of hours stand beside all that is finer, and those of days beside them.
            let hours =
                rung.step == DistributionBlock.seconds ? Double(rung.hours) * 25 / 24 : Double(rung.hours - hoursBefore)
            hoursBefore = rung.hours
            return bytes + hours * mean
        }
        let series = try Int.fetchOne(db, sql: "SELECT count(DISTINCT id / (2 << 24)) FROM total") ?? 0
        sizes.expectedBytes = Int(perSeries) * series
        return sizes
    }

    /// Hours whose total is not what their slots add up to, and days that are not what their hours do.
    func differingTotals(_ db: Database) throws -> [String] {
        var reader = DistributionBlockReader()
        func totals(_ row: Row, _ column: Int) throws -> (count: Int, sumNanos: Int128)? {
            try row.withUnsafeData(atIndex: column) { bytes in
                guard let bytes else { return nil }
                try bytes.withUnsafeBytes { try reader.read($0) }
                return reader.totals
            }
        }
        var faults: [String] = []
        let blocks = try Row.fetchCursor(
            db,
            sql: "SELECT block.id, block.content, total.content FROM block LEFT JOIN total ON total.id = block.id"
        )
        while let row = try blocks.next() {
            let slots = try totals(row, 1)
            let total = try totals(row, 2)
            if slots?.count != total?.count || slots?.sumNanos != total?.sumNanos {
                faults.append(try fault(row[0], "hour", db))
            }
        }
        let nothingBefore = try resolutions(db).nothingBefore
        var days: [Int64: (count: Int, sumNanos: Int128)] = [:]
        let rows = try Row.fetchCursor(db, sql: "SELECT id, content FROM total ORDER BY id")
        while let row = try rows.next() {
            let id: Int64 = row[0]
            guard let total = try totals(row, 1) else { continue }
            let (series, hour) = (StoredHour.series(of: id), StoredHour.hour(of: id))
            let day = StoredHour.day.id(series, hour)
            if id != day {
                let sum = days[day] ?? (0, 0)
                days[day] = (sum.count + total.count, sum.sumNanos + total.sumNanos)
            } else if let sum = days.removeValue(forKey: day), hour >= nothingBefore {
                if sum != total { faults.append(try fault(id, "day", db)) }
            }
        }
        return faults
    }

    private func fault(_ id: Int64, _ length: String, _ db: Database) throws -> String {
        let name = try String.fetchOne(
            db,
            sql: "SELECT namespace || ' ' || name FROM series WHERE id = ?",
            arguments: [StoredHour.series(of: id)]
        )
        let start = Timestamp(seconds: StoredHour.hour(of: id) * 3600)
        return
            "the total of \(name ?? "a series that is not there") for the \(length) from \(start) is not what is stored for it"
    }
}
