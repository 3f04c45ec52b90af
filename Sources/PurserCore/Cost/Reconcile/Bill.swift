/// What bills of AWS say of Bedrock: totals of lines that are alike, by month.
///
/// Its size depends on how many different things are billed, not on the number of lines.
package struct Bill: Sendable, Equatable {
    /// The lines of one billing period.
    package struct Month: Sendable, Equatable {
        /// Usage that began in the month.
        package private(set) var usage: [BilledSKU: Total] = [:]
        /// Lines of another kind, by the kind: `Tax`, `Credit`.
        package private(set) var other: [String: Total] = [:]
        /// Lines of a type that AWS's bills are not known to have, by the type.
        package private(set) var unknownTypes: [String: Total] = [:]
        /// Usage by `line_item_iam_principal`, where a line has one.
        package private(set) var principals: [String: Total] = [:]
        /// Lines of other services, which are not read any further.
        package var otherServices = 0

        package init() {}

        /// How many lines of Bedrock there are.
        var lines: Int {
            [Array(usage.values), Array(other.values), Array(unknownTypes.values)].joined().reduce(0) { $0 + $1.lines }
        }
    }

    package struct Total: Sendable, Equatable {
        package var lines = 0
        /// In units of the price.
        package var quantity = FocusDecimal.zero
        /// In dollars.
        package var cost = FocusDecimal.zero

        package init() {}

        mutating func add(lines: Int, quantity: FocusDecimal, cost: FocusDecimal) throws(BillFault) {
            guard let quantity = self.quantity.plus(quantity), let cost = self.cost.plus(cost) else {
                throw BillFault("the sum of the lines has too many digits")
            }
            (self.lines, self.quantity, self.cost) = (self.lines + lines, quantity, cost)
        }
    }

    package private(set) var months: [CalendarMonth: Month] = [:]

    package init() {}

    /// The most different SKUs, principals or kinds in a month, and the longest text of a SKU in bytes.
    package static let mostNames = 20_000
    package static let longestName = 1024
    /// The most billing periods.
    package static let mostMonths = 120
    /// Principals beyond ``mostNames`` are added up.
    package static let otherPrincipals = "(others)"
    package static let outside = "Usage outside of the billing period"

    /// Adds a line; throws why it cannot be counted.
    package mutating func add(_ line: BilledLine) throws(BillFault) {
        // Taken out of the dictionary, so that changing it copies nothing.
        var month = try take(line.month)
        defer { months[line.month] = month }
        try month.add(line)
    }

    /// Adds a line of another service; throws why it cannot be counted.
    package mutating func addOtherService(_ month: CalendarMonth) throws(BillFault) {
        var lines = try take(month)
        lines.otherServices += 1
        months[month] = lines
    }

    private mutating func take(_ month: CalendarMonth) throws(BillFault) -> Month {
        if let lines = months.removeValue(forKey: month) { return lines }
        guard months.count < Self.mostMonths else {
            throw BillFault("the bill has more than \(Self.mostMonths) billing periods")
        }
        return Month()
    }

    /// Adds the lines of another file.
    package mutating func add(_ other: Bill) throws(BillFault) {
        for (month, part) in other.months {
            var whole = try take(month)
            defer { months[month] = whole }
            try whole.add(part)
        }
    }
}

extension Bill.Month {
    mutating func add(_ line: BilledLine) throws(BillFault) {
        switch line.kind {
        case .usage: try Self.add(line, to: &usage, line.sku)
        case .other(let name): return try Self.add(line, to: &other, name)
        case .unknown(let type): return try Self.add(line, to: &unknownTypes, type)
        }
        guard let principal = line.principal else { return }
        let isKnown = principals.count < Bill.mostNames || principals[principal] != nil
        try Self.add(line, to: &principals, isKnown ? principal : Bill.otherPrincipals, most: Bill.mostNames + 1)
    }

    mutating func add(_ part: Self) throws(BillFault) {
        try Self.add(part.usage, to: &usage)
        try Self.add(part.other, to: &other)
        try Self.add(part.unknownTypes, to: &unknownTypes)
        for (principal, total) in part.principals {
            let isKnown = principals.count < Bill.mostNames || principals[principal] != nil
            let name = isKnown ? principal : Bill.otherPrincipals
            try Self.add([name: total], to: &principals, most: Bill.mostNames + 1)
        }
        otherServices += part.otherServices
    }

    private static func add<Key>(
        _ line: BilledLine,
        to totals: inout [Key: Bill.Total],
        _ key: Key,
        most: Int = Bill.mostNames
    ) throws(BillFault) {
        var total = Bill.Total()
        try total.add(lines: 1, quantity: line.quantity, cost: line.cost)
        try add([key: total], to: &totals, most: most)
    }

    private static func add<Key>(
        _ part: [Key: Bill.Total],
        to totals: inout [Key: Bill.Total],
        most: Int = Bill.mostNames
    ) throws(BillFault) {
        for (key, total) in part {
            guard totals.count < most || totals[key] != nil else {
                throw BillFault("the month has more than \(Bill.mostNames) different names")
            }
            try totals[key, default: Bill.Total()].add(
                lines: total.lines,
                quantity: total.quantity,
                cost: total.cost
            )
        }
    }
}

/// Why a line of a bill cannot be counted.
package struct BillFault: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// A line of a bill that is of Bedrock.
package struct BilledLine: Sendable {
    package enum Kind: Sendable, Equatable {
        case usage
        /// With its name in the bill.
        case other(String)
        /// Of a type, with its name, that AWS's bills are not known to have.
        case unknown(String)
    }

    package var month: CalendarMonth
    package var kind: Kind
    package var sku: BilledSKU
    package var quantity: FocusDecimal
    package var cost: FocusDecimal
    /// The identity that made the calls, if the bill says it.
    package var principal: String?

    package init(
        month: CalendarMonth,
        kind: Kind,
        sku: BilledSKU,
        quantity: FocusDecimal,
        cost: FocusDecimal,
        principal: String? = nil
    ) {
        (self.month, self.kind, self.sku) = (month, kind, sku)
        (self.quantity, self.cost, self.principal) = (quantity, cost, principal)
    }
}
