import GRDB
import PurserCore

extension Caller {
    /// Reads the caller from a row of any table that names one.
    init(_ row: Row) {
        self.init(
            user: row["user"],
            team: row["team"],
            application: row["application"],
            accessKey: row["access_key"],
            session: row["session"],
            tags: CallTags(json: row["tags"])
        )
    }
}
