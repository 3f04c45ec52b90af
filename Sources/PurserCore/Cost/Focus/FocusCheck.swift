/// Checks the text of a FOCUS dataset of version 1.2, whatever wrote it, against the specification's rules.
package struct FocusCheck {
    static let csvRule = "Purser-CSV"
    static let totalRule = "Purser-Total"
    /// Of the whole dataset, beside those of ``FocusRules``.
    private static let datasetRules = [
        csvRule, totalRule, "Purser-Columns", "ColumnHandling-A-001-M", "ColumnHandling-A-010-M",
        "ColumnHandling-A-013-O",
    ]

    private var verdict = FocusVerdict()
    private let columns: [String]
    private let places: [String: Int]
    /// For rules about values that belong together: the first value seen for one of the other column.
    private var firstValues: [String: [String: String]] = [:]
    private var sum: FocusDecimal? = .zero
    private var applied: [Applied]

    /// A rule about the rows, and the column that it is about.
    private struct Applied {
        let rule: FocusRule
        let place: Int
        /// What a rule about a value alone says of values that it has seen: most of them come again and again.
        var known: [String: String?] = [:]
    }

    private static let mostKnown = 1000

    /// Checks a dataset as CSV with a header; the costs of its rows must add up to `total`.
    package static func verdict(of text: String, total: Picodollars) -> FocusVerdict {
        let (records, faults) = CSVReader.read(text)
        var check = FocusCheck(columns: records.first?.fields ?? [])
        for fault in faults { check.add(csvRule, fault.line, "", "", fault.message) }
        if records.isEmpty { check.add(csvRule, nil, "", "", "there is no header") }
        check.checkHeader()
        for record in records.dropFirst() { check.check(record) }
        check.checkSum(total)
        check.verdict.rules = FocusRules.all.count + datasetRules.count
        return check.verdict
    }

    private init(columns: [String]) {
        self.columns = columns
        let places = Dictionary(columns.enumerated().map { ($1, $0) }) { first, _ in first }
        self.places = places
        applied = FocusRules.all.compactMap { rule in
            if case .present = rule.check { return nil }
            return places[rule.column].map { Applied(rule: rule, place: $0) }
        }
    }

    private mutating func add(_ rule: String, _ line: Int?, _ column: String, _ value: String, _ reason: String) {
        verdict.add(.init(rule: rule, line: line, column: column, value: value, reason: reason))
    }

    private mutating func checkHeader() {
        for rule in FocusRules.all {
            guard case .present = rule.check, places[rule.column] == nil else { continue }
            add(rule.id, nil, rule.column, "", "the column is missing")
        }
        var customs = false
        for (index, column) in columns.enumerated() {
            if places[column] != index { add("Purser-Columns", 1, column, column, "the column is there twice") }
            let isCustom = column.hasPrefix(FocusColumn.customPrefix)
            let word = isCustom ? column.dropFirst(FocusColumn.customPrefix.count) : column[...]
            if word.first?.isUppercase != true || !word.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) {
                add("ColumnHandling-A-001-M", 1, column, column, "is not in Pascal case, or has other characters")
            }
            if !isCustom, !FocusColumn.specified.contains(column) {
                add(
                    "ColumnHandling-A-010-M",
                    1,
                    column,
                    column,
                    "is not a column of FOCUS 1.2 and does not begin with x_"
                )
            }
            if customs, !isCustom {
                add("ColumnHandling-A-013-O", 1, column, column, "is behind a column that begins with x_")
            }
            customs = customs || isCustom
        }
    }

    private mutating func check(_ record: CSVRecord) {
        verdict.rows += 1
        guard record.fields.count == columns.count else {
            let reason = "\(record.fields.count) fields where the header has \(columns.count)"
            return add(Self.csvRule, record.line, "", "", reason)
        }
        let row = FocusRow(record.fields, places)
        for index in applied.indices {
            let rule = applied[index].rule
            guard rule.conditions.allSatisfy(row.meets) else { continue }
            let value = record.fields[applied[index].place]
            if let reason = fault(index, value, row) ?? secondValue(rule, row) {
                add(rule.id, record.line, rule.column, value, reason)
            }
        }
        // A cost that is no number has been reported; without it there is no sum.
        sum = row.number("BilledCost").flatMap { sum?.plus($0) }
    }

    private mutating func fault(_ index: Int, _ value: String, _ row: FocusRow) -> String? {
        let rule = applied[index].rule
        guard rule.check.isOfValueAlone else { return row.fault(rule) }
        if let reason = applied[index].known[value] { return reason }
        let reason = row.fault(rule)
        if applied[index].known.count < Self.mostKnown { applied[index].known.updateValue(reason, forKey: value) }
        return reason
    }

    private mutating func secondValue(_ rule: FocusRule, _ row: FocusRow) -> String? {
        guard case .one(let other) = rule.check, let key = row[other] else { return nil }
        let value = row[rule.column] ?? ""
        guard let first = firstValues[rule.id]?[key] else {
            firstValues[rule.id, default: [:]][key] = value
            return nil
        }
        return first == value ? nil : "is `\(first)` in another row with the same \(other), `\(key)`"
    }

    private mutating func checkSum(_ total: Picodollars) {
        let expected = FocusDecimal(total)
        if sum == expected { return }
        let found = sum.map(\.description) ?? ""
        add(Self.totalRule, nil, "BilledCost", found, "the rows must add up to the report's total, \(expected)")
    }
}
