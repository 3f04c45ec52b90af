import PurserCore

extension NonLiveCost {
    /// Returns what of an amount is not the cost of live calls, such as `of it $0.33 imported`; nil if all of it is.
    func note(of spent: Picodollars) -> String? {
        guard total > .zero else { return nil }
        if imported == spent { return "all of it imported" }
        if simulated == spent { return "all of it simulated" }
        // With the live part they add up to the amount as it is printed.
        let cents = Picodollars.centsAddingUp([max(.zero, spent - total), imported, simulated]).rows
        return "of it " + parts(imported: cents[1], simulated: cents[2])
    }

    /// The amounts that are not zero: `$0.33 imported`.
    var parts: String {
        let cents = Picodollars.centsAddingUp([imported, simulated]).rows
        return parts(imported: cents[0], simulated: cents[1])
    }

    private func parts(imported: Int128, simulated: Int128) -> String {
        [(self.imported, imported, "imported"), (self.simulated, simulated, "simulated")].filter { $0.0 > .zero }
            .map { Picodollars.textInDollars(cents: $1, of: $0) + " " + $2 }
            .joined(separator: " and ")
    }
}
