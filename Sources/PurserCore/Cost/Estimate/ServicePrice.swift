/// The price of one thing that a deployment pays for besides the model, and how much of it a plan uses: a row of
/// `services.csv`.
package struct ServicePrice: Sendable, Equatable {
    /// What the quantity is multiplied by.
    package enum Basis: String, Sendable, CaseIterable {
        /// Once a month, whatever the traffic is.
        case month
        /// Each hour of the plan's days.
        case hour
        /// Each active user of the month.
        case user
        /// Each request that arrives.
        case arrival
        /// Each request that the quota lets through.
        case request
    }

    /// What the line of the bill is called.
    package let name: String
    package let unit: String
    package let basis: Basis
    /// Millionths of a unit for each month, hour, user or request.
    package let quantity: Int64
    /// The exact price of one unit.
    package let unitPrice: Picodollars
    /// How many units AWS states the price for: 1, or 1,000,000 requests.
    package let statedUnits: Int
    /// Units a month that cost nothing in any account, for as long as it exists.
    package let free: Int64
    /// The name by which a plan includes the row; nil for a row that every plan has.
    package let option: String?
    package let effectiveFrom: Timestamp?
    package let effectiveTo: Timestamp?
    package let status: Price.Status
    package let source: String
    package let retrieved: Timestamp

    /// Returns whether the row applies at a moment.
    package func isEffective(at time: Timestamp) -> Bool {
        (effectiveFrom.map { $0 <= time } ?? true) && (effectiveTo.map { time < $0 } ?? true)
    }
}

/// A column of `services.csv`.
enum ServiceColumn: Int, CSVColumn {
    case name, unit, per, quantity, price, units, free, option, effectiveFrom, effectiveTo, status, source, retrieved,
        note

    static let names = [
        "name", "unit", "per", "quantity", "price", "units", "free", "option", "effective_from", "effective_to",
        "status", "source", "retrieved", "note",
    ]
    static let required: [ServiceColumn] = [.name, .unit, .per, .quantity, .price, .status, .source, .retrieved]
}

/// The fields of one row while its values are read.
struct ServiceRow {
    private let fields: [ServiceColumn: String]
    private let reject: (ServiceColumn, String) -> Void

    init(_ fields: [ServiceColumn: String], reject: @escaping (ServiceColumn, String) -> Void) {
        self.fields = fields
        self.reject = reject
    }

    /// Returns the row's price; nil after a fault was reported.
    func price() -> ServicePrice? {
        let (name, unit, source) = (text(.name), text(.unit), text(.source))
        let basis = choice(.per, ServicePrice.Basis.init, ServicePrice.Basis.allCases.map(\.rawValue))
        let status = choice(.status, Price.Status.init, Price.Status.allCases.map(\.rawValue))
        let (quantity, units, free) = (millionths(.quantity), whole(.units, 1), whole(.free, 0))
        let (from, to, retrieved) = (day(.effectiveFrom), day(.effectiveTo), day(.retrieved))
        if let from, let to, to <= from { reject(.effectiveTo, "\(to.date) is not after effective_from, \(from.date)") }
        if fields[.retrieved] ?? "" == "" { reject(.retrieved, "is empty; every row needs it") }
        guard let units, let unitPrice = unitPrice(for: units), let name, let unit, let source, let basis, let status,
            let quantity, let free, let retrieved
        else { return nil }
        return ServicePrice(
            name: name,
            unit: unit,
            basis: basis,
            quantity: quantity,
            unitPrice: unitPrice,
            statedUnits: units,
            free: Int64(free),
            option: fields[.option].flatMap { $0.isEmpty ? nil : $0 },
            effectiveFrom: from,
            effectiveTo: to,
            status: status,
            source: source,
            retrieved: retrieved
        )
    }

    /// The price of one unit, which must be a whole number of picodollars.
    private func unitPrice(for units: Int) -> Picodollars? {
        let text = fields[.price] ?? ""
        // The bound keeps the products of any plan within 128 bits.
        guard let price = Picodollars(dollars: text), price > .zero,
            price.rawValue <= 10_000 * Picodollars.dollar.rawValue
        else {
            reject(.price, "\(shown(.price)) is not an amount in dollars above zero like 3.50, and up to 10000")
            return nil
        }
        guard price.rawValue % Int128(units) == 0 else {
            reject(.price, "\(text) for \(units) units is not a whole number of picodollars a unit")
            return nil
        }
        return Picodollars(price.rawValue / Int128(units))
    }

    private func shown(_ column: ServiceColumn) -> String { "`\((fields[column] ?? "").prefix(80))`" }

    private func text(_ column: ServiceColumn) -> String? {
        let text = fields[column] ?? ""
        let hasControls = text.unicodeScalars.contains { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) }
        if text.isEmpty { reject(column, "is empty; every row needs it") }
        if hasControls { reject(column, "a line break or another control character, which no field may have") }
        return text.isEmpty || hasControls ? nil : text
    }

    private func choice<Value>(_ column: ServiceColumn, _ read: (String) -> Value?, _ allowed: [String]) -> Value? {
        if let value = read(fields[column] ?? "") { return value }
        reject(column, "\(shown(column)) is not one of \(allowed.joined(separator: ", "))")
        return nil
    }

    private func day(_ column: ServiceColumn) -> Timestamp? {
        guard let text = fields[column], !text.isEmpty else { return nil }
        if let day = Timestamp(day: text) { return day }
        reject(column, "\(shown(column)) is not a day like 2026-11-15")
        return nil
    }

    private func whole(_ column: ServiceColumn, _ standard: Int) -> Int? {
        guard let text = fields[column], !text.isEmpty else { return standard }
        guard let count = Int(text), (1...1_000_000_000_000).contains(count) else {
            reject(column, "\(shown(column)) is not a whole number from 1 to 1000000000000")
            return nil
        }
        return count
    }

    /// Reads a decimal above zero with at most six decimals.
    private func millionths(_ column: ServiceColumn) -> Int64? {
        let most: Int128 = 1_000_000 * 1_000_000
        let million = Picodollars.dollar.rawValue / 1_000_000
        guard let amount = Picodollars(dollars: fields[column] ?? ""), amount.rawValue % million == 0,
            (1...most).contains(amount.rawValue / million)
        else {
            reject(column, "\(shown(column)) is not a number above 0 and up to 1000000, with at most six decimals")
            return nil
        }
        return Int64(amount.rawValue / million)
    }
}
