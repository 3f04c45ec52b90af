/// A row of a dataset whose rules are checked.
struct FocusRow {
    private let fields: [String]
    private let places: [String: Int]

    init(_ fields: [String], _ places: [String: Int]) {
        (self.fields, self.places) = (fields, places)
    }

    /// The value of a column; nil if it is null, or if there is no such column.
    subscript(column: String) -> String? {
        guard let place = places[column], !fields[place].isEmpty else { return nil }
        return fields[place]
    }

    func number(_ column: String) -> FocusDecimal? {
        self[column].flatMap { FocusDecimal($0) }
    }

    /// Returns a time that is written as FOCUS writes it: such texts are in the order of time.
    private func time(_ column: String) -> String? {
        self[column].flatMap { $0.utf8.count == Self.timeLength ? $0 : nil }
    }

    private static let timeLength = "2026-11-01T00:00:00Z".utf8.count

    private static func isTime(_ text: String) -> Bool {
        text.utf8.count == timeLength && Timestamp(iso8601: text)?.iso8601() == text
    }

    func meets(_ condition: FocusRule.Condition) -> Bool {
        switch condition {
        case .isOne(let column, let values): self[column].map(values.contains) ?? false
        case .isNone(let column, let values): !(self[column].map(values.contains) ?? false)
        case .null(let column): self[column] == nil
        case .notNull(let column): self[column] != nil
        case .differ(let one, let other): self[one] != self[other]
        }
    }

    /// Returns why the row breaks a rule that applies to it; nil if it does not. Null breaks only rules about null.
    func fault(_ rule: FocusRule) -> String? {
        guard let value = self[rule.column] else {
            if case .notNull = rule.check { return "must not be null" }
            return nil
        }
        switch rule.check {
        case .present, .notNull, .one: return nil
        case .null: return "must be null"
        case .text: return Self.textFault(value)
        case .number: return FocusDecimal(value) == nil ? "is not a number as FOCUS writes it" : nil
        case .time: return !Self.isTime(value) ? "is not a time like 2026-11-01T00:00:00Z" : nil
        case .currency: return Self.isCurrency(value) ? nil : "is not a code like USD"
        case .keyValues: return Self.keyValueFault(value)
        case .priceKeys: return Self.keys(value).contains { !Self.isPriceKey($0) } ? "has a key without x_" : nil
        case .unit: return Self.isUnit(value) ? nil : "is not a unit like Tokens or 1000 Tokens"
        case .oneOf(let values): return values.contains(value) ? nil : "is not one of the allowed values"
        case .not(let other): return value == other ? "is not allowed here" : nil
        case .subcategory(let category):
            let known = self[category].flatMap { FocusServices.subcategories[$0] }
            return known?.contains(value) == true ? nil : "is not a subcategory of the \(category)"
        case .differs(let other): return value == self[other] ? "must not be the same as \(other)" : nil
        case .notNegative, .zero, .same, .product, .after, .within: return relationFault(rule)
        }
    }

    /// Compares numbers and times; what cannot be read breaks another rule.
    private func relationFault(_ rule: FocusRule) -> String? {
        let number = number(rule.column)
        switch rule.check {
        case .notNegative: return number?.isNegative == true ? "must not be negative" : nil
        case .zero: return number.map { $0 != .zero } == true ? "must be 0" : nil
        case .same(let other):
            guard let number, let expected = self.number(other), number != expected else { return nil }
            return "must be the same as \(other), \(expected)"
        case .product(let price, let quantity):
            guard let number, let price = self.number(price), let quantity = self.number(quantity) else { return nil }
            let product = price.times(quantity)
            if number == product { return nil }
            return "must be \(quantity) times \(price)" + (product.map { ", \($0)" } ?? "")
        case .after(let start):
            guard let start = time(start), let end = time(rule.column), end <= start else { return nil }
            return "is not after \(start)"
        case .within(let start, let end):
            guard let start = time(start), let end = time(end), let time = time(rule.column) else { return nil }
            return start <= time && time < end ? nil : "is not within the billing period"
        default: return nil
        }
    }

    static let placeholders: Set<String> = ["null", "NULL", "N/A", "Not Applicable"]

    private static func textFault(_ value: String) -> String? {
        if value.allSatisfy(\.isWhitespace) { return "is blank" }
        if placeholders.contains(value) { return "stands for null, which is an empty field" }
        let hasControl = value.unicodeScalars.contains { $0.properties.generalCategory == .control }
        return hasControl ? "has control characters" : nil
    }

    private static func isCurrency(_ value: String) -> Bool {
        value.utf8.count == 3 && value.utf8.allSatisfy { (0x41...0x5a).contains($0) }
    }

    private static func keyValueFault(_ value: String) -> String? {
        do {
            guard let members = try JSONValue(parsing: value).members else { return "is not a JSON object" }
            let nested = members.first { $0.value.array != nil || $0.value.members != nil }
            return nested.map { "the value of `\($0.key)` is an array or an object" }
        } catch {
            return "is not a JSON object: \(error)"
        }
    }

    private static func keys(_ value: String) -> [String] {
        (try? JSONValue(parsing: value))?.members?.map(\.key) ?? []
    }

    private static let definedKeys: Set<String> = [
        "CoreCount", "DiskMaxIops", "DiskSpace", "DiskType", "GpuCount", "InstanceType", "InstanceSeries", "MemorySize",
        "NetworkMaxIops", "NetworkMaxThroughput", "OperatingSystem", "Redundancy", "StorageClass",
    ]

    private static func isPriceKey(_ key: String) -> Bool {
        key.hasPrefix(FocusColumn.customPrefix) || definedKeys.contains(key)
    }

    /// Whether a text is a unit in capitals: an optional whole number, words that each begin with a capital letter, and
    /// optionally a time that they are of, behind a hyphen or a slash.
    private static func isUnit(_ value: String) -> Bool {
        var words = value.split(separator: " ", omittingEmptySubsequences: false)
        if words.count > 1, let first = words.first, first.allSatisfy(\.isNumber) { words.removeFirst() }
        let parts = words.joined(separator: " ").split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "/" }
        return parts.count <= 2
            && parts.allSatisfy { part in
                part.first?.isUppercase == true && part.allSatisfy { $0.isASCII && ($0.isLetter || $0 == " ") }
            }
    }
}
