/// A table of a web page, with a caption and the scopes of its headers.
struct WebTable {
    struct Column {
        var title: String
        var isNumber = false
    }

    var caption: String
    /// The first column has the names of the rows.
    var columns: [Column]
    var rows: [[HTML]]
    /// Whether the caption is only for those who do not see the heading above the table.
    var hidesCaption = false

    var html: HTML {
        let heads = columns.map { column -> HTML in
            "<th scope=\"col\"\(Self.class(column))>\(column.title)</th>"
        }
        let lines = rows.map { row -> HTML in
            let cells = zip(columns, row).dropFirst().map { column, cell -> HTML in
                "<td\(Self.class(column))>\(cell)</td>"
            }
            return "<tr><th scope=\"row\">\(row.first ?? "")</th>\(cells)</tr>\n"
        }
        let hidden: HTML = hidesCaption ? " class=\"unseen\"" : ""
        let table: HTML = """
            <table>
            <caption\(hidden)>\(caption)</caption>
            <thead><tr>\(heads)</tr></thead>
            <tbody>
            \(lines)</tbody>
            </table>

            """
        return .scrolling(caption, table)
    }

    private static func `class`(_ column: Column) -> HTML {
        column.isNumber ? " class=\"number\"" : ""
    }
}
