/// A grid of characters on which lines are drawn: in braille, with two by four dots per character, or with one letter
/// per column.
struct PlotCanvas: Sendable {
    struct Cell: Sendable, Equatable {
        var character: Character
        var ink: Ink?
    }

    let columns: Int
    let rows: Int
    private var dots: [UInt8]
    /// What each cell shows of the lines that pass through it, the lowest first.
    private var layers: [[Cell]]

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        dots = Array(repeating: 0, count: columns * rows)
        layers = Array(repeating: [], count: columns * rows)
    }

    /// Returns a cell. Lines that share cells take turns, column by column, so that none hides another.
    func cell(column: Int, row: Int) -> Cell {
        let index = row * columns + column
        let layers = layers[index]
        guard !layers.isEmpty else { return Cell(character: " ", ink: nil) }
        var cell = layers[layers.count - 1 - column % layers.count]
        if dots[index] != 0, let braille = Unicode.Scalar(0x2800 + UInt32(dots[index])) {
            cell.character = Character(braille)
        }
        return cell
    }

    /// Puts a letter in a cell.
    mutating func put(_ letter: Character, column: Int, row: Int, ink: Ink?) {
        guard (0..<columns).contains(column), (0..<rows).contains(row) else { return }
        add(Cell(character: letter, ink: ink), at: row * columns + column)
    }

    /// Sets a dot; (0, 0) is the upper left.
    mutating func dot(x: Int, y: Int, ink: Ink?) {
        guard (0..<columns * 2).contains(x), (0..<rows * 4).contains(y) else { return }
        let index = y / 4 * columns + x / 2
        dots[index] |= Self.bits[x % 2][y % 4]
        add(Cell(character: " ", ink: ink), at: index)
    }

    private mutating func add(_ cell: Cell, at index: Int) {
        if !layers[index].contains(cell) { layers[index].append(cell) }
    }

    /// Draws a straight line of dots, both ends included.
    mutating func line(from a: (x: Int, y: Int), to b: (x: Int, y: Int), ink: Ink?) {
        let steps = max(abs(b.x - a.x), abs(b.y - a.y), 1)
        for step in 0...steps {
            let share = Double(step) / Double(steps)
            let x = Double(a.x) + share * Double(b.x - a.x)
            let y = Double(a.y) + share * Double(b.y - a.y)
            dot(x: Int(x.rounded()), y: Int(y.rounded()), ink: ink)
        }
    }

    func isBlank(column: Int, row: Int) -> Bool {
        layers[row * columns + column].isEmpty
    }

    /// Unicode's numbering of the eight dots, by column and row of the character.
    private static let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
}
