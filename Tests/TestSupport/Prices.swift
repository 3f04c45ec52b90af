public import PurserCore

/// The prices that ship, as tests use them.
public enum TestPrices {
    // Read once: thousands of reservations ask for them.
    private static let shipped = Result {
        try PriceCatalog(csv: try Repository.text("prices/bedrock.csv"), file: "prices/bedrock.csv")
    }

    public static func catalog() throws -> PriceCatalog {
        try shipped.get()
    }
}
