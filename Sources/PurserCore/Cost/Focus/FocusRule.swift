/// A rule of the FOCUS specification, or one of our own, that can be checked on the text of a dataset.
struct FocusRule: Sendable {
    enum Check: Sendable {
        /// The dataset has the column.
        case present
        case null
        case notNull
        /// No blank text, no placeholder for null, no control character.
        case text
        /// A plain or scientific decimal.
        case number
        case notNegative
        case zero
        case time
        /// Three capital letters.
        case currency
        /// A JSON object of scalars, each key once.
        case keyValues
        /// The keys begin with `x_` or are defined by FOCUS.
        case priceKeys
        /// `Tokens`, `1000 Tokens`, `GB-Hours` or `GB/Hour`.
        case unit
        case oneOf(Set<String>)
        case not(String)
        /// A subcategory of the category in another column.
        case subcategory(of: String)
        case same(as: String)
        case differs(from: String)
        case product(String, String)
        case after(String)
        /// From one time up to another.
        case within(String, String)
        /// Always the same for one value of another column.
        case one(per: String)

        /// Whether a rule is the same for a value in every row in which it applies.
        var isOfValueAlone: Bool {
            switch self {
            case .present, .null, .notNull, .text, .number, .notNegative, .zero, .time, .currency, .keyValues,
                .priceKeys,
                .unit, .oneOf, .not:
                true
            case .subcategory, .same, .differs, .product, .after, .within, .one: false
            }
        }
    }

    /// When a rule applies to a row.
    enum Condition: Sendable {
        case isOne(String, of: Set<String>)
        case isNone(String, of: Set<String>)
        case null(String)
        case notNull(String)
        case differ(String, String)
    }

    /// As the requirements model of FOCUS 1.2 names it, `ListCost-C-009-C`; ours begin with `Purser-`.
    let id: String
    let column: String
    let check: Check
    let conditions: [Condition]

    init(_ id: String, _ check: Check, of column: String? = nil, when conditions: Condition...) {
        self.id = id
        self.column = column ?? String(id.prefix { $0 != "-" })
        self.check = check
        self.conditions = conditions
    }
}

/// What ``FocusCheck`` found.
package struct FocusVerdict: Sendable, Equatable {
    package struct Violation: Sendable, Equatable, CustomStringConvertible {
        package let rule: String
        /// The line on which the row begins; nil if the rule is about the whole dataset.
        package let line: Int?
        package let column: String
        package let value: String
        package let reason: String

        private static let longestValue = 80

        package var description: String {
            let place = line.map { "line \($0)" } ?? "dataset"
            let shown = value.count > Self.longestValue ? value.prefix(Self.longestValue) + "…" : value
            return "\(rule)  \(place)  \(column)  `\(shown)`: \(reason)"
        }
    }

    package internal(set) var rows = 0
    /// How many rules were checked.
    package internal(set) var rules = 0
    /// The first ones of each rule, in the order of the rows.
    package private(set) var violations: [Violation] = []
    private var counts: [String: Int] = [:]

    private static let mostOfOneRule = 10

    package var isValid: Bool { violations.isEmpty }

    /// How many violations are not in ``violations``.
    package var more: Int { counts.values.reduce(0, +) - violations.count }

    mutating func add(_ violation: Violation) {
        counts[violation.rule, default: 0] += 1
        if counts[violation.rule, default: 0] <= Self.mostOfOneRule { violations.append(violation) }
    }
}
