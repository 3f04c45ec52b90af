import ArgumentParser
import PurserCore

/// An amount of US dollars on the command line.
enum DollarArgument {
    /// Reads an option's value; throws an error that names the form.
    @Sendable static func read(_ text: String) throws -> Picodollars {
        guard let amount = Picodollars(dollars: text) else {
            throw ValidationError("must be an amount in dollars like 25 or 12.50")
        }
        return amount
    }
}
