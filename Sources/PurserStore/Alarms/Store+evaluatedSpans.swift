import GRDB
package import PurserCore

extension Store {
    /// Returns the time of the last evaluation up to a given time; nil if there was none before it.
    ///
    /// Within a span, every whole minute was evaluated.
    package func lastEvaluation(upTo time: Timestamp) throws -> Timestamp? {
        try read { db in
            let row = try Row.fetchOne(
                db,
                sql: "SELECT start, last FROM evaluated_span WHERE start <= ? ORDER BY start DESC LIMIT 1",
                arguments: [time.milliseconds]
            )
            return row.map { row in
                let (start, last) = (Timestamp(milliseconds: row[0]), Timestamp(milliseconds: row[1]))
                return time >= last ? last : max(start, time.floored(toSeconds: 60))
            }
        }
    }

    /// Extends the last span by an evaluation, or begins a new one if time was skipped.
    func extendSpan(by evaluation: EvaluationCommit, _ db: Database) throws {
        let time = evaluation.time.milliseconds
        if evaluation.isContinued, let previous = evaluation.previous {
            try db.execute(
                sql:
                    "UPDATE evaluated_span SET last = ? WHERE last = ? AND start = (SELECT max(start) FROM evaluated_span)",
                arguments: [time, previous.milliseconds]
            )
            if db.changesCount > 0 { return }
        }
        // An evaluation by a clock that was ahead is not one of the future.
        try db.execute(sql: "DELETE FROM evaluated_span WHERE start >= ?", arguments: [time])
        try db.execute(sql: "UPDATE evaluated_span SET last = ?1 WHERE last > ?1", arguments: [time])
        try db.execute(sql: "INSERT INTO evaluated_span (start, last) VALUES (?1, ?1)", arguments: [time])
    }
}
