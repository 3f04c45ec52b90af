/// The model that each ARN stands for over time, for ARNs that do not name their model.
package struct ARNMap: Sendable, Equatable {
    /// One row: calls of an ARN are charged at the price of a model id.
    package struct Row: Sendable, Equatable {
        package let arn: String
        /// The `model_id` of a price row.
        package let modelId: String
        /// The first moment of the period; nil means unbounded.
        package let effectiveFrom: Timestamp?
        /// The first moment after the period; nil means unbounded.
        package let effectiveTo: Timestamp?

        /// The start of the period, for ordering: unbounded is before everything.
        var startMilliseconds: Int64 { effectiveFrom?.milliseconds ?? .min }

        /// The end of the period, for ordering: unbounded is after everything.
        var endMilliseconds: Int64 { effectiveTo?.milliseconds ?? .max }
    }

    /// In the order of the file.
    package let rows: [Row]
    /// The file's path, for messages.
    package let file: String
    /// The line of each row.
    let lines: [Int]
    /// The rows of each ARN, the latest period first.
    private let byARN: [String: [Row]]

    /// Creates a map without rows.
    package init() {
        self.init(rows: [], lines: [], file: "")
    }

    /// Reads a file with the columns `arn`, `model_id`, `effective_from` and `effective_to` in any order; a header
    /// alone is a map without rows.
    ///
    /// Throws ``Diagnostics`` with every fault, by line and column. No part of a file with a fault is used.
    package init(csv text: String, file: String) throws {
        var table = CSVTable(text, file: file, of: ARNColumn.self)
        var rows: [Row] = []
        for record in table.records {
            let fields = Dictionary(uniqueKeysWithValues: zip(table.columns, record.fields))
            rows.append(Self.row(fields) { table.reject(record.line, $0, $1) })
        }
        if table.columns.isEmpty {
            table.reject(1, nil, "the file is empty; its first line must be \(ARNColumn.names.joined(separator: ","))")
        }
        try table.throwFaults()
        self.init(rows: rows, lines: table.records.map(\.line), file: file)
    }

    private init(rows: [Row], lines: [Int], file: String) {
        self.rows = rows
        self.lines = lines
        self.file = file
        byARN = Dictionary(grouping: rows, by: \.arn).mapValues { rows in
            rows.sorted { $0.startMilliseconds > $1.startMilliseconds }
        }
    }

    /// Returns the model id whose price applies to an ARN at a moment; nil if no row says so.
    package func modelId(for arn: String, at time: Timestamp) -> String? {
        let row = byARN[arn]?.first {
            $0.startMilliseconds <= time.milliseconds && time.milliseconds < $0.endMilliseconds
        }
        return row?.modelId
    }

    private static func row(_ fields: [ARNColumn: String], reject: (ARNColumn, String) -> Void) -> Row {
        let (arn, modelId) = (fields[.arn] ?? "", fields[.modelId] ?? "")
        func shown(_ text: String) -> String { "`\(text.prefix(80))`" }
        if AWSARN(arn).map({ !$0.partition.hasPrefix("aws") }) ?? true || !PriceRow.isModelId(arn) {
            let form = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123"
            reject(.arn, "\(shown(arn)) is not an ARN like \(form)")
        }
        if !PriceRow.isModelId(modelId) { reject(.modelId, "\(shown(modelId)) is not \(PriceRow.modelIdForm)") }
        func day(_ column: ARNColumn) -> Timestamp? {
            guard let text = fields[column], !text.isEmpty else { return nil }
            if let day = Timestamp(day: text) { return day }
            reject(column, "\(shown(text)) is not a day like 2026-11-15")
            return nil
        }
        let (from, to) = (day(.effectiveFrom), day(.effectiveTo))
        if let from, let to, to <= from {
            reject(.effectiveTo, "\(to.date) is not after effective_from, \(from.date)")
        }
        return Row(arn: arn, modelId: modelId, effectiveFrom: from, effectiveTo: to)
    }
}

/// A column of the file of ARNs.
enum ARNColumn: Int, CSVColumn {
    case arn, modelId, effectiveFrom, effectiveTo

    static let names = ["arn", "model_id", "effective_from", "effective_to"]
    static let required: [ARNColumn] = [.arn, .modelId]
}
