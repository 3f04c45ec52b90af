/// A row of small bars on a scale from zero to the highest value.
enum Sparkline {
    // Without the full block, with which the bars of two rows would touch.
    private static let bars: [Character] = Array("▁▂▃▄▅▆▇")
    private static let asciiBars: [Character] = Array("_.:-=+*#")

    /// Returns one character per value, and a blank for a missing one.
    static func text(_ values: [Double?], symbols: TerminalStyle.Symbols) -> String {
        let bars = symbols == .utf8 ? bars : asciiBars
        let highest = values.compactMap { $0 }.filter(\.isFinite).max() ?? 0
        return String(
            values.map { value -> Character in
                guard let value, value.isFinite else { return " " }
                guard highest > 0 else { return bars[0] }
                let level = (value / highest * Double(bars.count - 1)).rounded()
                return bars[min(max(Int(level), 0), bars.count - 1)]
            }
        )
    }

    /// Returns how many columns so many values take: one each, fewer if there is no room for them, and all of the room
    /// if it is much wider.
    static func columns(for count: Int, in room: Int) -> Int {
        let count = max(count, 1)
        return 2 * room >= 3 * count ? room : min(room, count)
    }

    /// Returns one value per column, with values repeated or combined as needed.
    static func fitted(_ values: [Double?], to columns: Int) -> [Double?] {
        guard values.count < columns, columns > 0, !values.isEmpty else { return bucketed(values, to: columns) }
        return (0..<columns).map { values[$0 * values.count / columns] }
    }

    /// Returns the values reduced to at most `columns`; `combine` makes one value of the present values in each share.
    static func bucketed(
        _ values: [Double?],
        to columns: Int,
        by combine: ([Double]) -> Double = { $0.reduce(0, +) / Double($0.count) }
    ) -> [Double?] {
        guard values.count > columns, columns > 0 else { return values }
        return (0..<columns).map { column in
            let share = values[column * values.count / columns..<(column + 1) * values.count / columns]
            let present = share.compactMap { $0 }.filter(\.isFinite)
            return present.isEmpty ? nil : combine(present)
        }
    }
}
