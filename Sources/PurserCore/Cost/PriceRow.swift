/// A column of a price file, in the order of a price's content.
enum PriceColumn: Int, CSVColumn {
    case modelId, region, effectiveFrom, effectiveTo
    case input, output, cacheRead, cacheWrite5m, cacheWrite1h, inputOver200k, outputOver200k
    case batchInput, batchOutput, flexInput, flexOutput, priorityInput, priorityOutput
    case maxInputTokens, maxOutputTokens, endOfLife
    case status, source, retrieved, note
    case optimizedInput, optimizedOutput, discount

    static let names = [
        "model_id", "region", "effective_from", "effective_to",
        "input", "output", "cache_read", "cache_write_5m", "cache_write_1h", "input_over_200k", "output_over_200k",
        "batch_input", "batch_output", "flex_input", "flex_output", "priority_input", "priority_output",
        "max_input_tokens", "max_output_tokens", "end_of_life",
        "status", "source", "retrieved", "note",
        "optimized_input", "optimized_output", "discount",
    ]

    /// How many columns the first version of a row's content had; the later ones are left out of it where they and all
    /// that follow are empty, so that a row of before is the same row.
    static let firstCount = PriceColumn.note.rawValue + 1

    /// The columns of the tiers other than the standard one.
    static let tiers: [(tier: ServiceTier, input: PriceColumn, output: PriceColumn)] = [
        (.batch, .batchInput, .batchOutput), (.flex, .flexInput, .flexOutput),
        (.priority, .priorityInput, .priorityOutput), (.optimized, .optimizedInput, .optimizedOutput),
    ]

    /// The columns that a file must have; any other may be left out and is then empty in every row.
    static let required: [PriceColumn] = [.modelId, .input, .output, .status, .source, .retrieved]
}

/// The text of one price row while its values are read; faults are collected.
///
/// A field that was read is replaced by its canonical text, so `3` and `3.0` result in the same row.
struct PriceRow {
    /// One text per column, in the order of the columns; empty if the file does not have the column.
    private var texts: [String]
    private(set) var faults: [(column: PriceColumn, message: String)] = []

    /// Creates a row from one field for each of these columns.
    init(_ fields: [String], of columns: [PriceColumn]) {
        texts = Array(repeating: "", count: PriceColumn.allCases.count)
        for (column, field) in zip(columns, fields) {
            texts[column.rawValue] = field
        }
    }

    private subscript(column: PriceColumn) -> String {
        get { texts[column.rawValue] }
        set { texts[column.rawValue] = newValue }
    }

    /// Returns the field as written; nil if it is empty.
    private func given(_ column: PriceColumn) -> String? {
        self[column].isEmpty ? nil : self[column]
    }

    /// The canonical row, without a line end.
    var content: String {
        var texts = texts
        while texts.count > PriceColumn.firstCount, texts.last == "" { texts.removeLast() }
        return texts.map(CSVReader.quoted).joined(separator: ",")
    }

    private mutating func reject(_ column: PriceColumn, _ message: String) {
        faults.append((column, message))
    }

    /// Returns the field as text; nil if it is empty.
    mutating func text(_ column: PriceColumn) -> String? {
        guard let text = given(column) else { return nil }
        if text.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) }) {
            reject(column, "a line break or another control character, which no field may have")
        }
        return text
    }

    /// Rejects each of these columns that is empty.
    mutating func require(_ columns: PriceColumn...) {
        for column in columns where self[column].isEmpty {
            reject(column, "is empty; every row needs it")
        }
    }

    mutating func modelId() -> String {
        let text = self[.modelId]
        if !Self.isModelId(text) { reject(.modelId, "`\(text.prefix(80))` is not \(Self.modelIdForm)") }
        return text
    }

    /// Returns whether a text can be a model id or an ARN.
    static func isModelId(_ text: String) -> Bool {
        (1...256).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: ",")
            }
    }

    static let modelIdForm =
        "a model id like us.amazon.nova-lite-v1:0: 1 to 256 characters without spaces, commas or quotes"

    mutating func region() -> String? {
        guard let text = given(.region) else { return nil }
        if !Self.isRegion(text) { reject(.region, "`\(text.prefix(80))` is not \(Self.regionForm)") }
        return text
    }

    /// Returns whether a text can be the name of an AWS Region.
    static func isRegion(_ text: String) -> Bool {
        text.utf8.count <= 32
            && text.utf8.allSatisfy {
                (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
            }
    }

    static let regionForm = "an AWS Region like eu-central-1; empty means all Regions"

    mutating func status() -> Price.Status? {
        let text = self[.status]
        if let status = Price.Status(rawValue: text) { return status }
        let allowed = Price.Status.allCases.map(\.rawValue).joined(separator: ", ")
        reject(.status, "`\(text.prefix(80))` is not one of \(allowed)")
        return nil
    }

    mutating func day(_ column: PriceColumn) -> Timestamp? {
        guard let text = given(column) else { return nil }
        if let day = Timestamp(day: text) { return day }
        reject(column, "`\(text.prefix(80))` is not a day like 2026-11-15")
        return nil
    }

    mutating func period() -> (from: Timestamp?, to: Timestamp?) {
        let (from, to) = (day(.effectiveFrom), day(.effectiveTo))
        if let from, let to, to <= from { reject(.effectiveTo, "\(to.date) is not after effective_from, \(from.date)") }
        return (from, to)
    }

    mutating func count(_ column: PriceColumn) -> Int? {
        guard let text = given(column) else { return nil }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(text),
            (1...1_000_000_000).contains(count)
        else {
            reject(column, "`\(text.prefix(80))` is not a whole number of tokens from 1 to 1000000000")
            return nil
        }
        self[column] = String(count)
        return count
    }

    /// Reads two prices that must be given together.
    mutating func rates(_ input: PriceColumn, _ output: PriceColumn) -> Price.Rates? {
        let before = faults.count
        let (inputPrice, outputPrice) = (price(input), price(output))
        if let inputPrice, let outputPrice { return Price.Rates(input: inputPrice, output: outputPrice) }
        let isOptional = !PriceColumn.required.contains(input)
        if isOptional, faults.count == before, (inputPrice == nil) != (outputPrice == nil) {
            let (empty, present) = inputPrice == nil ? (input, output) : (output, input)
            reject(empty, "is empty although \(present.name) is not; the two are given together")
        }
        return nil
    }

    /// Returns dollars per million tokens as picodollars per token; nil if the field is empty.
    mutating func price(_ column: PriceColumn) -> Int64? {
        guard let text = given(column) else { return nil }
        var shown: String { "`\(text.prefix(80))`" }
        guard let (whole, decimals) = Self.decimal(text) else {
            let isNegative = text.hasPrefix("-")
            reject(
                column,
                isNegative
                    ? "\(shown) is negative; a price must be above zero"
                    : "\(shown) is not a plain decimal like 0.06, in US dollars per million tokens"
            )
            return nil
        }
        if decimals.utf8.count <= 6 { return picodollars(column, whole: whole, decimals: decimals) }
        reject(column, "\(shown) has more than six decimals, so a token's price is not a whole number of picodollars")
        return nil
    }

    /// Returns the digits before and after the point of a plain decimal; nil for any other text.
    private static func decimal(_ text: String) -> (whole: String, decimals: String)? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isDecimal = parts.allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
        guard parts.count <= 2, isDecimal else { return nil }
        return (String(parts[0]), parts.count == 2 ? String(parts[1]) : "")
    }

    /// Returns a percentage above 0 and below 100 in millionths of the whole; nil if the field is empty.
    mutating func percent(_ column: PriceColumn) -> Int64? {
        guard let text = given(column) else { return nil }
        guard let (whole, decimals) = Self.decimal(text), decimals.utf8.count <= 4,
            let millionths = Int64(whole + decimals + String(repeating: "0", count: 4 - decimals.utf8.count)),
            (1..<1_000_000).contains(millionths)
        else {
            reject(
                column,
                "`\(text.prefix(80))` is not a percentage above 0 and below 100, with at most four decimals, like 7.5"
            )
            return nil
        }
        self[column] = Price.dollarsPerMillion(millionths * 100)
        return millionths
    }

    private mutating func picodollars(_ column: PriceColumn, whole: String, decimals: String) -> Int64? {
        let most: Int64 = 1_000_000
        let millionth = decimals + String(repeating: "0", count: 6 - decimals.utf8.count)
        guard let price = Int64(whole + millionth), price <= most * 1_000_000 else {
            reject(column, "`\(whole.prefix(80))` is above the limit of \(most) dollars per million tokens")
            return nil
        }
        guard price > 0 else {
            reject(
                column,
                "is zero; leave the price empty if it is not offered, and leave out a model without a price"
            )
            return nil
        }
        self[column] = Price.dollarsPerMillion(price)
        return price
    }
}

extension Timestamp {
    /// Creates the start of a day (UTC) written like `2026-11-15`; nil if the text is not one.
    package init?(day text: String) {
        guard text.utf8.count == 10, let day = Timestamp(iso8601: text) else { return nil }
        self = day
    }
}
