import GRDB
import GRDBSQLite

/// The places of rows in a list of groups: rows are of one group if their first columns are the same, byte by byte.
struct RowPlaces {
    private let columns: Int32
    private var places: [Bytes: Int] = [:]
    /// The row that is looked up, so that no memory is needed for each.
    private var row = Bytes()

    init(columns: Int) {
        self.columns = Int32(columns)
    }

    /// Returns the place of the group that a statement's present row belongs to; nil if it is the first of the next one.
    mutating func place(of statement: Statement) -> Int? {
        row.bytes.removeAll(keepingCapacity: true)
        for column in 0..<columns { row.append(column, of: statement.sqliteStatement) }
        if let known = places[row] { return known }
        places[row] = places.count
        return nil
    }

    /// An array hashes each of its bytes by itself.
    private struct Bytes: Hashable {
        var bytes: [UInt8] = []

        func hash(into hasher: inout Hasher) {
            bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        }

        /// Appends a column with its type and, unless this says it, its length: no two rows have the same bytes.
        mutating func append(_ column: Int32, of row: SQLiteStatement) {
            let type = sqlite3_column_type(row, column)
            bytes.append(UInt8(truncatingIfNeeded: type))
            switch type {
            case SQLITE_NULL: break
            case SQLITE_INTEGER:
                withUnsafeBytes(of: sqlite3_column_int64(row, column)) { bytes.append(contentsOf: $0) }
            default:
                let start = sqlite3_column_blob(row, column)
                let count = sqlite3_column_bytes(row, column)
                withUnsafeBytes(of: count) { bytes.append(contentsOf: $0) }
                bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: Int(count)))
            }
        }
    }
}
