extension PriceCatalog {
    /// Returns the prices that the programs were built with.
    ///
    /// - Parameter arns: The models of ARNs; by default the shipped ones, which are none.
    package static func shipped(arns: ARNMap? = nil) throws -> PriceCatalog {
        let (prices, map) = (try embedded("bedrock.csv"), try embedded("arns.csv"))
        let arns = try arns ?? ARNMap(csv: map.text, file: map.path)
        return try PriceCatalog(csv: prices.text, file: prices.path, arns: arns)
    }

    /// Returns a file of the folder `prices` that the programs were built with.
    static func embedded(_ name: String) throws -> EmbeddedFile {
        guard let file = EmbeddedFile.all(in: "prices").first(where: { $0.name == name }) else {
            throw Diagnostics([Diagnostic(file: "prices/" + name, "is missing from this program")])
        }
        return file
    }
}
