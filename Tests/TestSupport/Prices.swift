public import PurserCore

/// The prices that ship, as tests use them.
public enum TestPrices {
    public static func catalog() throws -> PriceCatalog {
        try PriceCatalog(csv: try Repository.text("prices/bedrock.csv"), file: "prices/bedrock.csv")
    }
}
