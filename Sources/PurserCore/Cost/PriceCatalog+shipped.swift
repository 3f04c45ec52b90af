extension PriceCatalog {
    /// Returns the prices that the programs were built with.
    package static func shipped() throws -> PriceCatalog {
        guard let file = EmbeddedFile.all(in: "prices").first(where: { $0.name == "bedrock.csv" }) else {
            throw Diagnostics([Diagnostic(file: "prices/bedrock.csv", "is missing from this program")])
        }
        return try PriceCatalog(csv: file.text, file: file.path)
    }
}
