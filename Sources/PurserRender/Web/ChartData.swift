import PurserCore

/// The values that a chart draws, as a table that the reader can open below it.
struct ChartData {
    struct Column {
        var name: String
        var values: [Double?]
        /// How its values are written.
        var text: (Double) -> String
    }

    var title: String
    var start: Timestamp
    /// Seconds.
    var period: Int
    /// Whether the last step is not over.
    var isPartial: Bool
    /// The time from which the dates of others are told apart.
    var reference: Timestamp
    var columns: [Column]

    var html: HTML {
        let steps = columns.map(\.values.count).max() ?? 0
        let rows = (0..<steps).map { step -> [HTML] in
            let time = start + step * period
            let clock = NumberText.clock(time, seenFrom: reference, seconds: period % 60 != 0)
            let mark = isPartial && step == steps - 1 ? "*" : ""
            return [.time(time, clock + mark)]
                + columns.map { column in
                    let value = column.values.indices.contains(step) ? column.values[step] : nil
                    return value.map { "\(column.text($0))" } ?? "no data"
                }
        }
        let table = WebTable(
            caption: "\(title), by \(NumberText.span(seconds: period))\(isPartial ? "; * not over" : "")",
            columns: [.init(title: "UTC")] + columns.map { .init(title: $0.name, isNumber: true) },
            rows: rows
        )
        return "<details>\n<summary>Data of \(title)</summary>\n\(table.html)</details>\n"
    }
}
