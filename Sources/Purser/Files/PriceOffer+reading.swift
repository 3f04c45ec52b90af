package import PurserCore
import PurserImport

extension PriceOffer {
    /// Reads a file of AWS's public price list.
    ///
    /// Throws ``Diagnostics`` with the place of a fault, or ``FileError``.
    package static func read(_ path: String) throws -> PriceOffer {
        try PriceListReader.read(try TextFile.read(path), file: path)
    }
}

extension OfferMap {
    /// Reads the named file, or `offers.csv` beside the price file if there is one; otherwise returns the shipped table.
    ///
    /// Throws ``Diagnostics`` with every fault, or ``FileError``.
    package static func read(_ path: String?, besides pricesPath: String?) throws -> OfferMap {
        guard let path = path ?? PriceSettings.found("offers.csv", beside: pricesPath) else { return try .shipped() }
        return try OfferMap(csv: try TextFile.read(path), file: path)
    }
}
