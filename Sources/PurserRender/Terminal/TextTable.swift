/// Rows in columns: padded to the screen's width for people, tab-separated and uncut for programs.
package struct TextTable: Sendable, Equatable {
    package enum Alignment: Sendable {
        case leading
        case trailing
    }

    package struct Column: Sendable, Equatable {
        package var title: String
        package var alignment: Alignment
        /// The width to which its cells may be cut if the table is too wide for the screen; nil keeps them whole.
        package var leastWidth: Int?
        /// Columns with a rank are left out if the table is still too wide, the highest rank first.
        package var dropRank: Int?

        package init(
            _ title: String,
            _ alignment: Alignment = .leading,
            leastWidth: Int? = nil,
            dropRank: Int? = nil
        ) {
            self.title = title
            self.alignment = alignment
            self.leastWidth = leastWidth
            self.dropRank = dropRank
        }
    }

    package var columns: [Column]
    /// One cell for each column.
    package var rows: [[String]]
    /// A last row below a rule, such as a total; left out for programs.
    package var footer: [String]?

    package init(_ columns: [Column], rows: [[String]] = [], footer: [String]? = nil) {
        self.columns = columns
        self.rows = rows
        self.footer = footer
    }

    /// Returns the table as text; `piped` is for programs: it puts tabs between the cells, omits the header, and cuts
    /// nothing.
    package func text(style: TerminalStyle, piped: Bool) -> String {
        guard piped else { return lines(width: style.width).text(in: style) }
        return rows.map { row in
            row.map(TerminalText.sanitized).joined(separator: "\t") + "\n"
        }.joined()
    }

    /// The least width of a column that may be cut, once no more columns can be left out.
    private static let bareWidth = 8
    private static let gap = 2

    /// Returns whether no cell is cut at a width, although columns may be left out.
    func isWhole(width: Int) -> Bool {
        let (shown, widths) = layout(width: width)
        return zip(shown, widths).allSatisfy { $1 >= naturalWidth($0) } && Self.total(widths) <= width
    }

    func lines(width: Int) -> [Line] {
        let (shown, widths) = layout(width: width)
        var lines = [line(columns.map(\.title), shown, widths, ink: .heading)]
        let rule = Line(String(repeating: "-", count: min(width, Self.total(widths))))
        if footer != nil { lines.append(rule) }
        lines += distinctRows(shown, widths).map { line($0, shown, widths, ink: nil) }
        if let footer { lines += [rule, line(footer, shown, widths, ink: .heading)] }
        return lines
    }

    /// Returns the rows with cells that fit, and that differ if the whole cells do.
    private func distinctRows(_ shown: [Int], _ widths: [Int]) -> [[String]] {
        var rows = rows
        for (column, width) in zip(shown, widths) {
            let holders = rows.indices.filter { column < rows[$0].count }
            let cells = TerminalText.cut(holders.map { rows[$0][column] }, to: width)
            for (index, cell) in zip(holders, cells) { rows[index][column] = cell }
        }
        return rows
    }

    private func line(_ cells: [String], _ shown: [Int], _ widths: [Int], ink: Ink?) -> Line {
        var line = Line()
        var start = 0
        for (column, width) in zip(shown, widths) {
            let cell = Line(column < cells.count ? cells[column] : "", ink).cut(to: width)
            line.pad(to: start)
            line.append(columns[column].alignment == .trailing ? cell.rightAligned(in: width) : cell)
            start += width + Self.gap
        }
        return line
    }

    /// Returns the columns that are shown and how wide each is.
    private func layout(width: Int) -> (shown: [Int], widths: [Int]) {
        var shown = Array(columns.indices)
        while true {
            let widths = cut(shown, to: width) { columns[$0].leastWidth }
            if Self.total(widths) <= width { return (shown, widths) }
            let last = shown.indices.filter { columns[shown[$0]].dropRank != nil }
                .max { (columns[shown[$0]].dropRank ?? 0) < (columns[shown[$1]].dropRank ?? 0) }
            guard let last else { break }
            shown.remove(at: last)
        }
        return (shown, cut(shown, to: width) { columns[$0].leastWidth.map { min($0, Self.bareWidth) } })
    }

    /// Returns the widths after repeatedly narrowing the widest column by one, which makes the columns similar in
    /// width.
    private func cut(_ shown: [Int], to width: Int, least: (Int) -> Int?) -> [Int] {
        var widths = shown.map(naturalWidth)
        while Self.total(widths) > width {
            let widest = shown.indices.filter { widths[$0] > least(shown[$0]) ?? .max }
                .max { widths[$0] < widths[$1] }
            guard let widest else { break }
            widths[widest] -= 1
        }
        return widths
    }

    /// The width that shows every cell whole.
    var naturalWidth: Int {
        Self.total(columns.indices.map(naturalWidth))
    }

    private func naturalWidth(_ column: Int) -> Int {
        let cells = [columns[column].title] + (rows + [footer ?? []]).map { column < $0.count ? $0[column] : "" }
        return cells.map { Line($0).width }.max() ?? 0
    }

    private static func total(_ widths: [Int]) -> Int {
        widths.reduce(0) { $0 + $1 + gap } - gap
    }
}
