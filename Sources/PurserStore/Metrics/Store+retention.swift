import GRDB
public import PurserCore

/// The ladder and how far ageing came.
struct Resolutions {
    var ladder: RetentionLadder
    /// By step: the hour since 1970 before which no slots of that step are left.
    var goneBefore: [Int: Int64]

    /// The step of an hour's block; nil where an hour has only its total, or nothing.
    func step(ofHour hour: Int64) -> Int? {
        DistributionBlock.steps.first { $0 < DistributionBlock.seconds && goneBefore[$0] ?? 0 <= hour }
    }

    /// The hours before this one have totals only.
    var totalsBefore: Int64 { goneBefore[300] ?? 0 }
    /// The hours before this one have nothing at all.
    var nothingBefore: Int64 { goneBefore[DistributionBlock.seconds] ?? 0 }
}

extension Store {
    /// How long metrics are kept at which resolution.
    public func retention() throws -> RetentionLadder {
        try read { try resolutions($0).ladder }
    }

    /// From when on slots are kept whose length divides a period of so many seconds.
    public func slotsKeptFrom(dividing period: Int) throws -> Timestamp {
        let resolutions = try read { try self.resolutions($0) }
        let hours = DistributionBlock.steps.filter { period % $0 == 0 }.map { resolutions.goneBefore[$0] ?? 0 }
        // Points of ten seconds stand beside the blocks for the last hours alone.
        return Timestamp(seconds: (hours.min() ?? resolutions.goneBefore[Slot.seconds] ?? 0) * 3600)
    }

    /// Sets how long metrics are kept from now on; what is gone does not come back.
    public func setRetention(_ ladder: RetentionLadder) throws {
        try write { db in
            for rung in ladder.rungs {
                try db.execute(
                    sql: "UPDATE resolution SET hours = ? WHERE step = ?",
                    arguments: [rung.hours, rung.step]
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

    /// How much further than the last ageing the next one may see. What a clock that is wrong for an hour can do is so bounded.
    private static let hoursPerAgeing: Int64 = 25

    /// The hour that ageing counts from: that of the newest data, but not later than the clock's, nor much later than the last one.
    static func ageingHour(now: Timestamp, newest: Timestamp, _ resolutions: Resolutions) -> Int64 {
        let hour = min(now, newest).seconds / 3600
        guard let finest = resolutions.ladder.rungs.first, let reached = resolutions.goneBefore[finest.step],
            reached > 0
        else { return hour }
        return min(hour, reached + Int64(finest.hours) + hoursPerAgeing)
    }

    /// The marks that a clock far ahead has left, as this one would have them; empty where all are in order.
    static func mendedMarks(now: Timestamp, _ resolutions: Resolutions) -> [Int: Int64] {
        let hour = now.seconds / 3600
        var mended: [Int: Int64] = [:]
        for (rung, next) in zip(resolutions.ladder.rungs, DistributionBlock.steps.dropFirst() + [0]) {
            // Where totals stand for hours their slots may be gone: only hours to come can have slots again.
            let most = next == DistributionBlock.seconds ? hour + 1 : max(0, hour - Int64(rung.hours))
            if resolutions.goneBefore[rung.step] ?? 0 > most { mended[rung.step] = most }
        }
        return mended
    }

    /// Makes the blocks that have become too old for their step coarser, and removes what has left the ladder; gives the
    /// number of hours of a series that changed.
    ///
    /// Every step may be done again, so that a run that was killed is simply followed by another.
    func age(to now: Int64, isTimeUp: () -> Bool) throws -> Int {
        let resolutions = try read { db in try self.resolutions(db) }
        var aged = 0
        for (rung, next) in zip(resolutions.ladder.rungs, DistributionBlock.steps.dropFirst() + [0]) {
            var reached = resolutions.goneBefore[rung.step] ?? 0
            let target = now - Int64(rung.hours)
            guard target > reached else { continue }
            if next > 0, next < DistributionBlock.seconds {
                // A day at a time, so that a run that ends early need not begin anew.
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
                // Queries must know first that the totals stand for the blocks. A run that was killed after that left
                // some behind: a removal begins with the first hour of all.
                try mark(rung.step, target)
                for kind in next == 0 ? [StoredHour.total, .day] : [.block] {
                    let hours = 0..<target / kind.hours * kind.hours
                    guard try walk(kind, hours, &aged, isTimeUp, { try remove($0, kind, $1) }) else { return aged }
                }
            }
        }
        return aged
    }

    /// The first hour that any series has a block of.
    private func firstHour() throws -> Int64? {
        try read { db in
            let first = try db.cachedStatement(sql: "SELECT min(id) FROM block WHERE id >= ? AND id < ?")
            return try Int64.fetchAll(db, sql: "SELECT id FROM series").compactMap { series -> Int64? in
                let ids = StoredHour.block.ids(series, 0..<StoredHour.mostHours)
                return try Int64.fetchOne(first, arguments: [ids.lowerBound, ids.upperBound]).map(StoredHour.hour)
            }.min()
        }
    }

    /// Does something to all rows of some hours, some hundred a transaction; false where the time was up before the end.
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

    /// How far a walk over the hours of all series has come.
    private struct AgeingPlace {
        let hours: Range<Int64>
        var series: Int64 = 0
        var hour: Int64 = 0
    }

    /// The rows that one transaction takes, and where the next goes on; nil where it need not.
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
