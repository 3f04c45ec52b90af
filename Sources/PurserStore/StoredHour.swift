import PurserCore

/// Where the samples of a series' hours are stored, and how: three kinds of rows of the tables `block` and `total`.
enum StoredHour: CaseIterable {
    /// The slots of an hour.
    case block
    /// An hour's samples as one slot.
    case total
    /// A day's samples as one slot.
    case day

    private static let hourBits: Int64 = 24
    private static let hourMask: Int64 = (1 << hourBits) - 1

    var table: String {
        self == .block ? "block" : "total"
    }

    /// The hours that a row holds.
    var hours: Int64 {
        self == .day ? 24 : 1
    }

    /// The row that an hour of a series, counted since 1970, is in.
    func id(_ series: Int64, _ hour: Int64) -> Int64 {
        let first = min(max(0, hour), Self.hourMask) / hours * hours
        return (series << 1 | (self == .day ? 1 : 0)) << Self.hourBits | first
    }

    /// The rows of a series whose first hours are in the range.
    func ids(_ series: Int64, _ range: Range<Int64>) -> Range<Int64> {
        id(series, range.lowerBound + hours - 1)..<id(series, range.upperBound + hours - 1)
    }

    static func series(of id: Int64) -> Int64 {
        id >> (hourBits + 1)
    }

    /// The first hour of a row, counted since 1970.
    static func hour(of id: Int64) -> Int64 {
        id & hourMask
    }
}
