/// A column of a table in a CSV file.
protocol CSVColumn: RawRepresentable<Int>, CaseIterable, Equatable {
    /// The names in the header, in the order of the cases.
    static var names: [String] { get }
    /// The columns that a file must have; any other may be left out.
    static var required: [Self] { get }
}

extension CSVColumn {
    /// The column's name in the header.
    var name: String { Self.names[rawValue] }

    /// Returns the column with a name; nil if there is none.
    static func named(_ name: String) -> Self? {
        names.firstIndex(of: name).flatMap { Self(rawValue: $0) }
    }
}

/// The records of a CSV file whose header names known columns in any order, with the faults found so far.
struct CSVTable<Column: CSVColumn> {
    /// The columns in the order of the file.
    private(set) var columns: [Column] = []
    /// The records below the header that have one field per column.
    private(set) var records: [CSVRecord] = []
    private let file: String
    private var problems: [(line: Int, column: Int, fault: Diagnostic)]

    init(_ text: String, file: String, of _: Column.Type) {
        self.file = file
        let (all, faults) = CSVReader.read(text)
        problems = faults.map { ($0.line, -1, Diagnostic(file: "\(file):\($0.line)", $0.message)) }
        // Without a readable header line, the rows below it cannot be checked.
        let isHeaderFaulty = (faults.first?.line ?? .max) < (all.first?.line ?? 0)
        guard let header = all.first, !isHeaderFaulty, read(header) else { return }
        for record in all.dropFirst() {
            if record.fields.count == columns.count {
                records.append(record)
            } else {
                reject(record.line, nil, "\(record.fields.count) fields, but the header has \(columns.count)")
            }
        }
    }

    /// Reads the header; returns false if it has faults.
    private mutating func read(_ header: CSVRecord) -> Bool {
        let before = problems.count
        let place = "\(file):\(header.line)"
        for name in header.fields {
            if let column = Column.named(name) {
                if columns.contains(column) {
                    problems.append((header.line, -1, Diagnostic(file: place, key: name, "the column appears twice")))
                }
                columns.append(column)
            } else {
                let allowed = Column.names.joined(separator: ", ")
                reject(header.line, nil, "`\(name.prefix(80))` is not a column; allowed: \(allowed)")
            }
        }
        for column in Column.required where !columns.contains(column) {
            let required = Column.required.map(\.name).joined(separator: ", ")
            let fault = Diagnostic(file: place, key: column.name, "the column is missing; required: \(required)")
            problems.append((header.line, -1, fault))
        }
        return problems.count == before
    }

    /// Adds a fault of a line, or of one column of it.
    mutating func reject(_ line: Int, _ column: Column?, _ message: String) {
        let fault = Diagnostic(file: "\(file):\(line)", key: column?.name, message)
        problems.append((line, column?.rawValue ?? -1, fault))
    }

    /// Throws all faults as ``Diagnostics`` by line and column, if there are any.
    func throwFaults() throws {
        guard !problems.isEmpty else { return }
        throw Diagnostics(problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }.map(\.fault))
    }
}
