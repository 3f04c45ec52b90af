package import PurserCore

extension ServicePriceList {
    /// Reads the named file, or `services.csv` beside the price file if there is one; otherwise returns the shipped prices.
    ///
    /// Throws ``Diagnostics`` with every fault, or ``FileError``.
    package static func read(_ path: String?, besides pricesPath: String?) throws -> ServicePriceList {
        guard let path = path ?? PriceSettings.found("services.csv", beside: pricesPath) else { return try .shipped() }
        return try ServicePriceList(csv: try TextFile.read(path), file: path)
    }
}
