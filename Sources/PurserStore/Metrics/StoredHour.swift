import PurserCore

/// Where and how a series' samples are stored by the hour: in three kinds of rows of the tables `block` and `total`.
enum StoredHour: CaseIterable {
    /// The slots of an hour.
    case block
    /// The hours of a day, one slot each.
    case total
    /// A day's samples as one slot.
    case day

    private static let hourBits: Int64 = 24
    private static let hourMask: Int64 = (1 << hourBits) - 1
    /// Greater than every stored hour by some two thousand years.
    static let mostHours = hourMask - 48

    var table: String {
        self == .block ? "block" : "total"
    }

    /// The number of hours that a row holds.
    var hours: Int64 {
        self == .block ? 1 : 24
    }

    /// Returns the id of the row that contains an hour of a series, counted since 1970.
    func id(_ series: Int64, _ hour: Int64) -> Int64 {
        let first = min(max(0, hour), Self.hourMask) / hours * hours
        return (series << 1 | (self == .day ? 1 : 0)) << Self.hourBits | first
    }

    /// Returns the ids of a series' rows that contain an hour of the range.
    func ids(_ series: Int64, _ range: Range<Int64>) -> Range<Int64> {
        let first = id(series, range.lowerBound)
        return first..<max(first, id(series, range.upperBound + hours - 1))
    }

    static func series(of id: Int64) -> Int64 {
        id >> (hourBits + 1)
    }

    /// Returns the first hour of a row, counted since 1970.
    static func hour(of id: Int64) -> Int64 {
        id & hourMask
    }
}
