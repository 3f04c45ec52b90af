import GRDB
package import PurserCore

/// The ladder, and how far ageing has progressed.
struct Resolutions {
    var ladder: RetentionLadder
    /// By step: the hour since 1970 before which no slots of that step are left.
    var goneBefore: [Int: Int64]

    /// Returns the step of an hour's block; nil if the hour has only its total, or nothing.
    func step(ofHour hour: Int64) -> Int? {
        DistributionBlock.steps.first { $0 < DistributionBlock.seconds && goneBefore[$0] ?? 0 <= hour }
    }

    /// Hours before this one have only totals.
    var totalsBefore: Int64 { goneBefore[300] ?? 0 }
    /// Hours before this one have no data at all.
    var nothingBefore: Int64 { goneBefore[DistributionBlock.seconds] ?? 0 }
}

extension Store {
    /// Returns how long metrics and records are kept.
    package func retention() throws -> Retention {
        try read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT name, hours FROM retention")
            let hours = rows.compactMap { row in Retention.Record(rawValue: row[0]).map { ($0, row[1] as Int) } }
            return Retention(metrics: try resolutions(db).ladder, Dictionary(hours) { $1 })
        }
    }

    /// Returns the earliest time from which every stored slot has a length that divides `period`, in seconds.
    package func slotsKeptFrom(dividing period: Int) throws -> Timestamp {
        let resolutions = try read { try self.resolutions($0) }
        let hours = DistributionBlock.steps.filter { period % $0 == 0 }.map { resolutions.goneBefore[$0] ?? 0 }
        // Only for the last few hours are there ten-second points in addition to the blocks.
        return Timestamp(seconds: (hours.min() ?? resolutions.goneBefore[Slot.seconds] ?? 0) * 3600)
    }

    /// Returns the length in seconds of the finest slots that are kept from `time` on.
    package func slotSeconds(from time: Timestamp) throws -> Int {
        let resolutions = try read { try self.resolutions($0) }
        let hour = time.seconds / 3600
        return DistributionBlock.steps.first { resolutions.goneBefore[$0] ?? 0 <= hour } ?? DistributionBlock.seconds
    }

    /// Sets how long metrics and records are kept from now on; data that has been removed is not restored.
    package func setRetention(_ retention: Retention) throws {
        try write { db in
            for rung in retention.metrics.rungs {
                try db.execute(
                    sql: "UPDATE resolution SET hours = ? WHERE step = ?",
                    arguments: [rung.hours, rung.step]
                )
            }
            for record in Retention.Record.allCases {
                try db.execute(
                    sql: "UPDATE retention SET hours = ? WHERE name = ?",
                    arguments: [retention.hours(of: record), record.rawValue]
                )
            }
        }
    }

    func resolutions(_ db: Database) throws -> Resolutions {
        let statement = try db.cachedStatement(sql: "SELECT step, hours, gone_before FROM resolution")
        var hours: [Int: Int] = [:]
        var goneBefore: [Int: Int64] = [:]
        let rows = try Row.fetchCursor(statement)
        while let row = try rows.next() {
            hours[row[0]] = row[1]
            goneBefore[row[0]] = row[2]
        }
        return Resolutions(ladder: try RetentionLadder(changing: .standard, hours), goneBefore: goneBefore)
    }

    /// How many hours the next ageing may advance beyond the last one. This limits the damage that a clock can do if it
    /// is wrong for an hour.
    private static let hoursPerAgeing: Int64 = 25

    /// Returns the hour from which ages are counted: the hour of the newest data, but no later than the clock's hour,
    /// and not much later than the hour of the last ageing.
    static func ageingHour(now: Timestamp, newest: Timestamp, _ resolutions: Resolutions) -> Int64 {
        let hour = min(now, newest).seconds / 3600
        guard let finest = resolutions.ladder.rungs.first, let reached = resolutions.goneBefore[finest.step],
            reached > 0
        else { return hour }
        return min(hour, reached + Int64(finest.hours) + hoursPerAgeing)
    }

    /// Returns corrected values for marks that were set while a clock was far ahead, judged by this clock; empty if all
    /// marks are plausible.
    static func mendedMarks(now: Timestamp, _ resolutions: Resolutions) -> [Int: Int64] {
        let hour = now.seconds / 3600
        var mended: [Int: Int64] = [:]
        for (rung, next) in zip(resolutions.ladder.rungs, DistributionBlock.steps.dropFirst() + [0]) {
            // If only an hour's total is read, its slots may be gone, so only future hours can have slots again.
            let most = next == DistributionBlock.seconds ? hour + 1 : max(0, hour - Int64(rung.hours))
            if resolutions.goneBefore[rung.step] ?? 0 > most { mended[rung.step] = most }
        }
        return mended
    }

    /// Coarsens the blocks that have become too old for their step, and removes those that have left the ladder;
    /// returns how many rows changed.
    ///
    /// Every step can be repeated, so if a run is killed, the next one simply continues.
    func age(to now: Int64, isTimeUp: () -> Bool) throws -> Int {
        let resolutions = try read { db in try self.resolutions(db) }
        var aged = 0
        for (rung, next) in zip(resolutions.ladder.rungs, DistributionBlock.steps.dropFirst() + [0]) {
            var reached = resolutions.goneBefore[rung.step] ?? 0
            let target = now - Int64(rung.hours)
            guard target > reached else { continue }
            if next > 0, next < DistributionBlock.seconds {
                // One day at a time, so the work of a run that ends early is not lost.
                if reached == 0 { reached = min(target, try firstHour() ?? target) }
                repeat {
                    let end = min(target, reached + 24)
                    guard try walk(.block, reached..<end, &aged, isTimeUp, { try coarsen($0, to: next, $1) }) else {
                        return aged
                    }
                    try mark(rung.step, end)
                    reached = end
                } while reached < target
            } else {
                // Set the mark first, because queries must read the totals instead of the blocks. A run that is killed
                // after that leaves some blocks behind, so removal always begins with the very first hour.
                try mark(rung.step, target)
                for kind in next == 0 ? [StoredHour.total, .day] : [.block] {
                    let hours = 0..<target / kind.hours * kind.hours
                    guard try walk(kind, hours, &aged, isTimeUp, { try remove($0, kind, $1) }) else { return aged }
                }
            }
        }
        return aged
    }

    /// Returns the first hour for which any series has a block.
    private func firstHour() throws -> Int64? {
        try read { db in
            let first = try db.cachedStatement(sql: "SELECT min(id) FROM block WHERE id >= ? AND id < ?")
            return try Int64.fetchAll(db, sql: "SELECT id FROM series").compactMap { series -> Int64? in
                let ids = StoredHour.block.ids(series, 0..<StoredHour.mostHours)
                return try Int64.fetchOne(first, arguments: [ids.lowerBound, ids.upperBound]).map(StoredHour.hour)
            }.min()
        }
    }

    /// Runs `body` for all rows in a range of hours, a few hundred per transaction; returns false if time ran out
    /// before the end.
    private func walk(
        _ kind: StoredHour,
        _ hours: Range<Int64>,
        _ count: inout Int,
        _ isTimeUp: () -> Bool,
        _ body: (Int64, Database) throws -> Void
    ) throws -> Bool {
        var place: AgeingPlace? = AgeingPlace(hours: hours)
        while let here = place {
            if isTimeUp() { return false }
            place = try write { db in
                let (ids, rest) = try self.ids(of: kind, at: here, db)
                for id in ids {
                    try body(id, db)
                }
                count += ids.count
                return rest
            }
            letOthersWrite()
        }
        return true
    }

    func mark(_ step: Int, _ hour: Int64) throws {
        try write { db in
            try db.execute(sql: "UPDATE resolution SET gone_before = ? WHERE step = ?", arguments: [hour, step])
        }
    }

    /// The position of a walk over the hours of all series.
    private struct AgeingPlace {
        let hours: Range<Int64>
        var series: Int64 = 0
        var hour: Int64 = 0
    }

    /// Returns the rows for one transaction, and the place where the next one continues; nil if there are no more.
    private func ids(
        of kind: StoredHour,
        at place: AgeingPlace,
        _ db: Database
    ) throws -> (ids: [Int64], rest: AgeingPlace?) {
        let nextSeries = try db.cachedStatement(sql: "SELECT min(id) FROM series WHERE id >= ?")
        let select = try db.cachedStatement(
            sql: "SELECT id FROM \(kind.table) WHERE id >= ? AND id < ? ORDER BY id LIMIT ?"
        )
        var place = place
        var found: [Int64] = []
        while let series = try Int64.fetchOne(nextSeries, arguments: [place.series]) {
            let room = Self.blocksPerTransaction - found.count
            let hours = max(place.hour, place.hours.lowerBound)..<max(place.hour, place.hours.upperBound)
            let range = kind.ids(series, hours)
            let ids = try Int64.fetchAll(select, arguments: [range.lowerBound, range.upperBound, room])
            found += ids
            if ids.count == room, let last = ids.last {
                place.series = series
                place.hour = StoredHour.hour(of: last) + 1
                return (found, place)
            }
            place.series = series + 1
            place.hour = 0
        }
        return (found, nil)
    }

    private func coarsen(_ id: Int64, to step: Int, _ db: Database) throws {
        guard let bytes = try content(id, .block, db), try DistributionBlock.step(ofEncoded: bytes) < step else {
            return
        }
        var merger = DistributionBlockMerger(step: step)
        try bytes.withUnsafeBytes { try merger.add(encoded: $0) }
        try store(merger.block, id, .block, db)
    }

    private func remove(_ id: Int64, _ kind: StoredHour, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM \(kind.table) WHERE id = ?").execute(arguments: [id])
    }
}
