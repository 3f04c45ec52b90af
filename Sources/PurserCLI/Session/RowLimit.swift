import ArgumentParser

/// How many rows a list may have.
enum RowLimit {
    private static let allowed = 1...100_000

    /// Reads an option's value; throws an error that names the allowed numbers.
    @Sendable static func read(_ text: String) throws -> Int {
        guard let limit = Int(text), allowed.contains(limit) else {
            throw ValidationError("must be a number from \(allowed.lowerBound) to \(allowed.upperBound)")
        }
        return limit
    }
}
