extension PriceCatalog {
    /// Returns the text of a price file with what a comparison found, and the catalogue that it is.
    ///
    /// A row that agrees becomes verified, unless its note warns of something. A row that differs ends on the day on which AWS published the file, and a new
    /// one with the published prices begins; prices that the file does not say are left out of it, except those of long
    /// contexts. A model without a row
    /// gets one. All other rows stay.
    ///
    /// Throws ``Diagnostics`` if the result breaks a rule of the lint.
    package func updated(by diff: PriceDiff) throws -> String {
        var changes: [String: PriceDiff.Row] = [:]
        for row in diff.rows {
            if let price = row.price { changes[price.content] = row }
        }
        var contents: [String] = []
        for price in prices {
            if let row = changes[price.content] {
                contents += try Self.contents(price, row, file: file)
            } else {
                contents.append(price.content)
            }
        }
        for row in diff.rows where row.price == nil && row.isComplete {
            contents.append(
                try Self.content(PriceColumn.allCases.map { _ in "" }, row, from: row.published, file: file)
            )
        }
        let text = Self.text(contents)
        let catalog = try PriceCatalog(csv: text, file: file, arns: arns)
        let errors = catalog.lint(asOf: diff.published).filter { $0.severity == .error }
        let before = Set(lint(asOf: diff.published).filter { $0.severity == .error }.map(\.diagnostic.message))
        let new = errors.filter { !before.contains($0.diagnostic.message) }
        if !new.isEmpty { throw Diagnostics(new.map(\.diagnostic)) }
        return text
    }

    /// Returns a price file of these rows.
    private static func text(_ contents: [String]) -> String {
        let fields = contents.map { CSVReader.read($0).records.first?.fields ?? [] }
        let count = max(PriceColumn.firstCount, fields.map(\.count).max() ?? 0)
        let lines = zip(contents, fields).map { $0 + String(repeating: ",", count: count - $1.count) }
        return ([Price.columns.prefix(count).joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
    }

    /// Returns what takes the place of a row that was compared.
    private static func contents(_ price: Price, _ row: PriceDiff.Row, file: String) throws -> [String] {
        var fields = CSVReader.read(price.content).records.first?.fields ?? []
        fields += PriceColumn.allCases.dropFirst(fields.count).map { _ in "" }
        func set(_ column: PriceColumn, _ text: String) { fields[column.rawValue] = text }
        switch row.outcome {
        case .missing, .unconfirmed: return [price.content]
        case .agrees:
            // What a note warns of is not in the price list.
            if fields[PriceColumn.note.rawValue].isEmpty { set(.status, Price.Status.verified.rawValue) }
            set(.source, row.source)
            set(.retrieved, row.published.date)
            return [try canonical(fields, file: file)]
        case .differs:
            let new = try content(fields, row, from: row.published, file: file)
            // A row that would end where it begins never applied.
            if let start = price.effectiveFrom, start >= row.published { return [new] }
            set(.effectiveTo, row.published.date)
            return [try canonical(fields, file: file), new]
        }
    }

    /// Returns a row with the published prices and no others.
    private static func content(
        _ before: [String],
        _ row: PriceDiff.Row,
        from day: Timestamp,
        file: String
    ) throws -> String {
        var fields = before
        for column in PriceColumn.prices where !PriceColumn.longContexts.contains(column) {
            fields[column.rawValue] = ""
        }
        for cell in row.cells {
            guard let column = PriceColumn.named(cell.column), let price = cell.theirs else { continue }
            fields[column.rawValue] = Price.dollarsPerMillion(price)
        }
        fields[PriceColumn.modelId.rawValue] = row.modelId
        fields[PriceColumn.effectiveFrom.rawValue] = day.date
        if fields[PriceColumn.note.rawValue].isEmpty {
            fields[PriceColumn.status.rawValue] = Price.Status.verified.rawValue
        }
        fields[PriceColumn.source.rawValue] = row.source
        fields[PriceColumn.retrieved.rawValue] = row.published.date
        return try canonical(fields, file: file)
    }

    /// Returns the content of a row of these fields; throws ``Diagnostics`` if they are not one.
    private static func canonical(_ fields: [String], file: String) throws -> String {
        var row = PriceRow(fields, of: PriceColumn.allCases)
        guard let price = Price(&row) else {
            throw Diagnostics(
                row.faults.map { Diagnostic(file: file, key: $0.column.name, "\(fields[0]): \($0.message)") }
            )
        }
        return price.content
    }
}

extension PriceDiff.Row {
    /// The source of a row that was compared: `AmazonBedrock price list`.
    fileprivate var source: String { offer + " price list" }
}
