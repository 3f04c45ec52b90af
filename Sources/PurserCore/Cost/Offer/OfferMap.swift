/// The model ids that the names in AWS's price list stand for: `offers.csv`.
package struct OfferMap: Sendable, Equatable {
    /// One model id and the product whose prices it has.
    package struct Row: Sendable, Hashable {
        package let offer: String
        package let name: String
        /// The Region whose prices the row of the price file has.
        package let region: String
        package let isGlobal: Bool
        /// Exactly as called.
        package let modelId: String
    }

    package let rows: [Row]

    /// Reads a file with the columns `offer`, `name`, `region`, `scope` and `model_id`.
    ///
    /// Throws ``Diagnostics`` with every fault, by line and column.
    package init(csv text: String, file: String) throws {
        var table = CSVTable(text, file: file, of: OfferColumn.self)
        var rows: [Row] = []
        var known: [String: Int] = [:]
        for record in table.records {
            let fields = Dictionary(uniqueKeysWithValues: zip(table.columns, record.fields))
            let (scope, modelId) = (fields[.scope] ?? "", fields[.modelId] ?? "")
            for column in [OfferColumn.offer, .name, .region] where fields[column] ?? "" == "" {
                table.reject(record.line, column, "is empty; every row needs it")
            }
            if !["regional", "global"].contains(scope) {
                table.reject(record.line, .scope, "`\(scope.prefix(80))` is not one of regional, global")
            }
            if !PriceRow.isModelId(modelId) {
                table.reject(record.line, .modelId, "`\(modelId.prefix(80))` is not \(PriceRow.modelIdForm)")
            }
            if let line = known.updateValue(record.line, forKey: modelId) {
                table.reject(record.line, .modelId, "\(modelId) is on line \(line) too")
            }
            rows.append(
                Row(
                    offer: fields[.offer] ?? "",
                    name: fields[.name] ?? "",
                    region: fields[.region] ?? "",
                    isGlobal: scope == "global",
                    modelId: modelId
                )
            )
        }
        try table.throwFaults()
        self.rows = rows
    }

    /// Returns the table that the programs were built with.
    package static func shipped() throws -> OfferMap {
        let file = try PriceCatalog.embedded("offers.csv")
        return try OfferMap(csv: file.text, file: file.path)
    }
}

/// A column of `offers.csv`.
enum OfferColumn: Int, CSVColumn {
    case offer, name, region, scope, modelId

    static let names = ["offer", "name", "region", "scope", "model_id"]
    static let required = OfferColumn.allCases
}
