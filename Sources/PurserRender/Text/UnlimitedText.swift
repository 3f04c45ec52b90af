import PurserCore

extension UnlimitedCost {
    /// Returns what of an amount is not the cost of live calls, such as `of it $0.33 imported`; nil if all of it is.
    func note(of spent: Picodollars) -> String? {
        guard total > .zero else { return nil }
        if imported == spent { return "all of it imported" }
        if simulated == spent { return "all of it simulated" }
        return "of it " + parts.joined(separator: " and ")
    }

    /// Returns the amounts that are not zero: `$0.33 imported`.
    var parts: [String] {
        [(imported, "imported"), (simulated, "simulated")].filter { $0.0 > .zero }.map { $0.inDollars + " " + $1 }
    }
}
