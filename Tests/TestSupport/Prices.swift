package import PurserCore

/// The shipped prices, for tests.
package enum TestPrices {
    // Read once: thousands of reservations use them.
    private static let shipped = Result {
        try PriceCatalog(csv: try Repository.text("prices/bedrock.csv"), file: "prices/bedrock.csv")
    }

    package static func catalog() throws -> PriceCatalog {
        try shipped.get()
    }
}
