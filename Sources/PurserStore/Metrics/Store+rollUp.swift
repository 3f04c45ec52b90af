import Foundation
import GRDB
package import PurserCore

extension Store {
    /// Slots are moved once the oldest is this old, so that a block is not rewritten for each of them.
    static let rollUpAgeSeconds = 15 * 60
    /// Younger slots stay: their writers may not have stored all of them yet.
    static let rollUpGraceSeconds = 5 * 60
    /// The maximum number of series whose slots of one hour are moved in one transaction.
    private static let seriesPerTransaction = 200
    /// The maximum number of rows that ageing changes in one transaction.
    static let blocksPerTransaction = 400
    private static let writerLifetimeSeconds = 30 * 86_400

    /// Moves recorded slots into compact blocks, moves blocks down the ladder, and removes records whose retention has
    /// ended; returns nil if another process is doing it.
    ///
    /// Every step is a short transaction that leaves each sample in exactly one place, so a run may be killed at any
    /// point, or ended by `isTimeUp`, and the next one continues. `now` is the wall clock. Ages are counted from the
    /// newest data if that is older, and advance by at most a day from one run to the next. So little is removed if a
    /// clock jumps ahead, whatever timestamps it gives to data. If nothing is due, the cost is a few look-ups.
    ///
    /// - Parameter progress: Called after every step with what has been done so far.
    @discardableResult
    package func rollUp(
        now: Timestamp,
        isTimeUp: () -> Bool = { false },
        progress: (RollUpResult) -> Void = { _ in }
    ) throws -> RollUpResult? {
        let due = try dueWork(now: now)
        guard due.isAny else { return RollUpResult() }
        return try whileAlone(in: .rollUp) {
            var result = RollUpResult()
            for (step, hour) in due.mendedMarks { try mark(step, hour) }
            if due.isMoving {
                result.slots = try movePoints(now: now, isTimeUp: isTimeUp) { slots in
                    result.slots = slots
                    progress(result)
                }
            }
            if due.isAgeing {
                result.agedBlocks = try age(to: due.ageingHour) {
                    progress(result)
                    return isTimeUp()
                }
                try forgetWriters(before: Timestamp(seconds: due.ageingHour * 3600))
            }
            if due.isCounting { result.countedDays = try countDays(now: now, isTimeUp: isTimeUp) }
            if due.isClosing, !isTimeUp() { try closeMonths(before: due.ageingHour, now: now) }
            for (record, hour) in due.forgettable {
                try forget(record, before: hour, now: due.ageingHour, isTimeUp: isTimeUp)
            }
            try giveSpaceBack(isTimeUp: isTimeUp)
            return result
        }
    }

    /// Returns whether the next ``rollUp(now:isTimeUp:progress:)`` would move blocks down the ladder.
    package func isAgeingDue(now: Timestamp) throws -> Bool {
        try dueWork(now: now).isAgeing
    }

    /// Returns how many recorded slots are not in blocks yet.
    package func recordedSlotCount() throws -> Int {
        try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM point") ?? 0 }
    }

    /// What a roll-up would do.
    private struct DueWork {
        var isMoving: Bool
        var isAgeing: Bool
        /// The hour from which ages are counted.
        var ageingHour: Int64
        var mendedMarks: [Int: Int64]
        /// Whether days of the ledger are over that are not counted.
        var isCounting: Bool
        /// Whether months of the ledger are over that are not closed.
        var isClosing: Bool
        var forgettable: [(record: Retention.Record, hour: Int64)]

        var isAny: Bool {
            isMoving || isAgeing || isCounting || isClosing || !mendedMarks.isEmpty || !forgettable.isEmpty
        }
    }

    private func dueWork(now: Timestamp) throws -> DueWork {
        let (oldest, ageingHour, marks, isCounting, isClosing, forgettable) = try read { db in
            let oldest = try Int64.fetchOne(db, sql: "SELECT min(time) FROM point")
            let newest = try Int64.fetchOne(db, sql: "SELECT max(newest) FROM writer") ?? 0
            let marks = try resolutions(db)
            let hour = Self.ageingHour(now: now, newest: Timestamp(seconds: newest), marks)
            return (
                oldest, hour, marks, try isCountingDue(now: now, db), try !monthsToClose(before: hour, db).isEmpty,
                try self.forgettable(at: hour, db)
            )
        }
        return DueWork(
            isMoving: oldest.map { $0 <= (now - Self.rollUpAgeSeconds).seconds } ?? false,
            isAgeing: marks.ladder.rungs.contains { rung in
                ageingHour - Int64(rung.hours) > marks.goneBefore[rung.step] ?? 0
            },
            ageingHour: ageingHour,
            mendedMarks: Self.mendedMarks(now: now, marks),
            isCounting: isCounting,
            isClosing: isClosing,
            forgettable: forgettable.map { (record: $0, hour: $1) }
        )
    }

    private func movePoints(now: Timestamp, isTimeUp: () -> Bool, progress: (Int) -> Void) throws -> Int {
        let limit = (now - Self.rollUpGraceSeconds).floored(toSeconds: Slot.seconds).seconds
        var moved = 0
        var start: Int64 = 0
        while let next = try firstPointTime(notBefore: start), next < limit {
            let hour = next / 3600
            let end = min(limit, (hour + 1) * 3600)
            var after: Int64? = 0
            while let last = after {
                if isTimeUp() { return moved }
                let (slots, next) = try moveHour(hour, before: end, after: last)
                letOthersWrite()
                moved += slots
                progress(moved)
                after = next
            }
            start = end
        }
        return moved
    }

    private func firstPointTime(notBefore start: Int64) throws -> Int64? {
        try read { db in
            try Int64.fetchOne(db, sql: "SELECT min(time) FROM point WHERE time >= ?", arguments: [start])
        }
    }

    /// Moves an hour's slots for the next batch of series; `last` is the series to continue after, or nil if none are
    /// left.
    private func moveHour(_ hour: Int64, before end: Int64, after: Int64) throws -> (slots: Int, last: Int64?) {
        try write { db in
            let range: [Int64] = [hour * 3600, end, after]
            let ids = try Int64.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT series FROM point WHERE time >= ? AND time < ? AND series > ?
                    ORDER BY series LIMIT \(Self.seriesPerTransaction)
                    """,
                arguments: StatementArguments(range)
            )
            guard let last = ids.last else { return (0, nil) }
            var slots: [Int64: [HourSlot]] = [:]
            let bounds = StatementArguments(range + [last])
            let filter = "WHERE time >= ? AND time < ? AND series > ? AND series <= ?"
            let rows = try Row.fetchCursor(
                db,
                sql: "SELECT series, time, distribution, writer, sequence FROM point \(filter)",
                arguments: bounds
            )
            // A damaged row must not keep the others from being moved: it stays, and `doctor` reports it.
            var damaged: [StatementArguments] = []
            while let row = try rows.next() {
                let offset = Int((row[1] as Int64) - hour * 3600)
                if let distribution = try? row.distribution(at: 2) {
                    slots[row[0], default: []].append(HourSlot(offset: offset, distribution: distribution))
                } else {
                    damaged.append([
                        row[1] as Int64, row[0] as Int64, row[3] as Int64, row[4] as Int64, row[2] as Data,
                    ])
                }
            }
            let resolutions = try resolutions(db)
            for (series, slots) in slots.sorted(by: { $0.key < $1.key }) {
                try merge(slots, series, hour, resolutions, db)
            }
            try db.execute(sql: "DELETE FROM point \(filter)", arguments: bounds)
            let moved = db.changesCount - damaged.count
            for row in damaged {
                try db.execute(sql: Self.insertPoint, arguments: row)
            }
            return (moved, ids.count < Self.seriesPerTransaction ? nil : last)
        }
    }

    /// A slot with its offset in seconds from the beginning of its hour.
    struct HourSlot {
        var offset: Int
        var distribution: Distribution
    }

    /// Adds slots to an hour of a series; does nothing if the hour has already left the ladder.
    func merge(
        _ slots: [HourSlot],
        _ series: Int64,
        _ hour: Int64,
        _ resolutions: Resolutions,
        _ db: Database
    ) throws {
        guard hour >= resolutions.nothingBefore else { return }
        for kind in StoredHour.allCases {
            let wanted = kind == .block ? resolutions.step(ofHour: hour) : DistributionBlock.seconds
            guard let wanted else { continue }
            let id = kind.id(series, hour)
            let stored = try content(id, kind, db)
            let step = try stored.map { max(wanted, try DistributionBlock.step(ofEncoded: $0)) } ?? wanted
            var merger = DistributionBlockMerger(step: step)
            try stored?.withUnsafeBytes { try merger.add(encoded: $0) }
            // A row of hours begins at the start of the day, and a row of a day has only one slot.
            let before = kind == .total ? Int(hour % 24) * 3600 : 0
            for slot in slots {
                merger.add(slot.distribution, offset: kind == .day ? 0 : before + slot.offset)
            }
            try store(merger.block, id, kind, db)
        }
    }

    func content(_ id: Int64, _ kind: StoredHour, _ db: Database) throws -> [UInt8]? {
        let statement = try db.cachedStatement(sql: "SELECT content FROM \(kind.table) WHERE id = ?")
        return try Data.fetchOne(statement, arguments: [id]).map { [UInt8]($0) }
    }

    func store(_ block: DistributionBlock, _ id: Int64, _ kind: StoredHour, _ db: Database) throws {
        guard !block.entries.isEmpty else { return }
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO \(kind.table) (id, content) VALUES (?, ?)
                ON CONFLICT (id) DO UPDATE SET content = excluded.content
                """
        )
        try statement.execute(arguments: [id, Data(block.encoded())])
    }

    /// Removes writers that ended long ago, except those from which an import continues.
    private func forgetWriters(before time: Timestamp) throws {
        try write { db in
            try db.execute(
                sql: """
                    DELETE FROM writer WHERE note IS NULL AND newest < ?
                        AND id NOT IN (SELECT writer FROM point)
                    """,
                arguments: [time.seconds - Int64(Self.writerLifetimeSeconds)]
            )
        }
    }

    /// Shortens the file if much of it is free, 256 pages per transaction.
    private func giveSpaceBack(isTimeUp: () -> Bool) throws {
        for _ in 0..<64 where !isTimeUp() {
            let (free, pages) = try read { db in
                (
                    try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0,
                    try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
                )
            }
            guard free > 128, free * 4 > pages else { return }
            let shortened = try write { db in
                try db.execute(sql: "PRAGMA incremental_vacuum(256)")
                return try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            }
            // A store created before pages could be released reuses its free pages.
            if shortened >= pages { return }
            letOthersWrite()
        }
    }
}
