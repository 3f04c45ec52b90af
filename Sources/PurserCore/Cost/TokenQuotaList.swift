/// How many tokens a minute an account may use of each model, as `quotas.csv` lists it.
///
/// Bedrock counts input tokens and tokens written to a cache once, output tokens as often as the model's burndown rate
/// says, and tokens read from a cache not at all.
package struct TokenQuotaList: Sendable, Equatable {
    /// One row of the file.
    package struct Row: Sendable, Equatable {
        /// The model as called: its id with the prefix, or an ARN.
        package let modelId: String
        /// The AWS Region the row is for; nil means every Region without its own row.
        package let region: String?
        package let tokensPerMinute: Int
        /// How many tokens of the quota an output token uses.
        package let outputBurndown: Int
        /// The code in Service Quotas; rows of one Region with the same code share the quota.
        package let quotaCode: String?
        package let source: String
        /// The day the row was read from its source.
        package let retrieved: Timestamp
    }

    /// A quota, and the models that share it.
    package struct Quota: Sendable, Equatable {
        package let tokensPerMinute: Int
        /// The burndown rate of each model.
        package var outputBurndowns: [String: Int]

        package init(tokensPerMinute: Int, outputBurndowns: [String: Int]) {
            self.tokensPerMinute = tokensPerMinute
            self.outputBurndowns = outputBurndowns
        }
    }

    /// In the order of the file.
    package let rows: [Row]

    /// Reads a file with a header and one row for each model and Region; a header alone is a list without quotas.
    ///
    /// Throws ``Diagnostics`` with every fault, by line and column. No part of a file with a fault is used.
    package init(csv text: String, file: String) throws {
        var table = CSVTable(text, file: file, of: TokenQuotaColumn.self)
        var rows: [Row] = []
        var (models, codes): (Set<[String?]>, [[String?]: Row]) = ([], [:])
        for record in table.records {
            let fields = Dictionary(uniqueKeysWithValues: zip(table.columns, record.fields))
            guard let row = Self.row(fields, reject: { table.reject(record.line, $0, $1) }) else { continue }
            if !models.insert([row.region, row.modelId]).inserted {
                table.reject(record.line, .modelId, "`\(row.modelId)` has a row for the same Region already")
            }
            if let code = row.quotaCode {
                let other = codes[[row.region, code]] ?? row
                codes[[row.region, code]] = other
                if other.tokensPerMinute != row.tokensPerMinute {
                    let same = "has \(other.tokensPerMinute) tokens per minute in the row of `\(other.modelId)`"
                    table.reject(record.line, .tokensPerMinute, "`\(code)` \(same)")
                }
            }
            rows.append(row)
        }
        if table.columns.isEmpty {
            let names = TokenQuotaColumn.names.joined(separator: ",")
            table.reject(1, nil, "the file is empty; its first line must be \(names)")
        }
        try table.throwFaults()
        self.rows = rows
    }

    /// Returns the quotas that the programs were built with: AWS's defaults, which an account's own may differ from.
    package static func shipped() throws -> TokenQuotaList {
        let file = try PriceCatalog.embedded("quotas.csv")
        return try TokenQuotaList(csv: file.text, file: file.path)
    }

    /// Returns the quotas that apply to calls in a Region.
    ///
    /// A row of the Region replaces the model's row for every Region. If the Region is not known, each model has the lowest
    /// quota of all its rows.
    package func quotas(in region: String?) -> [Quota] {
        var applying: [String: Row] = [:]
        for row in rows where region == nil || row.region == nil || row.region == region {
            guard let known = applying[row.modelId] else {
                applying[row.modelId] = row
                continue
            }
            let replaces = region == nil ? row.tokensPerMinute < known.tokensPerMinute : row.region != nil
            if replaces { applying[row.modelId] = row }
        }
        var quotas: [Quota] = []
        var positions: [String: Int] = [:]
        for row in applying.values.sorted(by: { $0.modelId < $1.modelId }) {
            let key = row.quotaCode.map { "\(row.region ?? "") \($0)" }
            let position = key.flatMap { positions[$0] } ?? quotas.count
            if position == quotas.count {
                quotas.append(Quota(tokensPerMinute: row.tokensPerMinute, outputBurndowns: [:]))
                if let key { positions[key] = position }
            }
            quotas[position].outputBurndowns[CalledModel(row.modelId).shortName] = row.outputBurndown
        }
        return quotas
    }

    /// Returns a row from its fields; nil after a fault was reported.
    private static func row(
        _ fields: [TokenQuotaColumn: String],
        reject: (TokenQuotaColumn, String) -> Void
    ) -> Row? {
        func text(_ column: TokenQuotaColumn) -> String? {
            fields[column].flatMap { $0.isEmpty ? nil : $0 }
        }
        func count(_ column: TokenQuotaColumn, _ allowed: ClosedRange<Int>) -> Int? {
            let text = fields[column] ?? ""
            if let count = Int(text), allowed.contains(count) { return count }
            let range = "from \(allowed.lowerBound) to \(allowed.upperBound)"
            reject(column, "`\(text.prefix(80))` is not a whole number \(range)")
            return nil
        }
        let modelId = fields[.modelId] ?? ""
        if !PriceRow.isModelId(modelId) {
            reject(.modelId, "`\(modelId.prefix(80))` is not \(PriceRow.modelIdForm)")
        }
        let region = text(.region)
        if let region, !PriceRow.isRegion(region) {
            reject(.region, "`\(region.prefix(80))` is not \(PriceRow.regionForm)")
        }
        let tokens = count(.tokensPerMinute, 1...1_000_000_000_000)
        let burndown = count(.outputBurndown, 1...1000)
        for column in [TokenQuotaColumn.quotaCode, .source] {
            guard let value = text(column) else { continue }
            let isText = CallTags.isText(value, longest: 1024)
            if !isText { reject(column, "has control characters or is longer than 1024 characters") }
        }
        if text(.source) == nil { reject(.source, "is empty; every row needs it") }
        let retrieved = text(.retrieved).flatMap { Timestamp(day: $0) }
        if retrieved == nil {
            reject(.retrieved, "`\((text(.retrieved) ?? "").prefix(80))` is not a day like 2026-11-15")
        }
        guard let tokens, let burndown, let source = text(.source), let retrieved else { return nil }
        return Row(
            modelId: modelId,
            region: region,
            tokensPerMinute: tokens,
            outputBurndown: burndown,
            quotaCode: text(.quotaCode),
            source: source,
            retrieved: retrieved
        )
    }
}

/// A column of `quotas.csv`.
private enum TokenQuotaColumn: Int, CSVColumn {
    case modelId, region, tokensPerMinute, outputBurndown, quotaCode, source, retrieved, note

    static let names = [
        "model_id", "region", "tokens_per_minute", "output_burndown", "quota_code", "source", "retrieved", "note",
    ]
    static let required: [TokenQuotaColumn] = [
        .modelId, .tokensPerMinute, .outputBurndown, .source, .retrieved,
    ]
}
