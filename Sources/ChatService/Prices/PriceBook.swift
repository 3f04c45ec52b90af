package import PurserCore
import Synchronization

/// The prices in force, for the Region that is called; they can be replaced while calls are in flight.
package final class PriceBook: Sendable {
    /// The Region whose price rows count; nil if it is not known.
    package let region: String?
    private let catalog: Mutex<PriceCatalog>

    package init(_ catalog: PriceCatalog, region: String? = nil) {
        self.region = region
        self.catalog = Mutex(catalog)
    }

    package var current: PriceCatalog {
        catalog.withLock { $0 }
    }

    /// Replaces the prices. A call that was admitted before keeps its price row.
    package func replace(with catalog: PriceCatalog) {
        self.catalog.withLock { $0 = catalog }
    }

    /// Returns the price of a model, named by its id or an ARN exactly as it is called.
    package func price(for name: String, at time: Timestamp) throws(UnpricedModel) -> Price {
        let current = current
        guard let price = current.price(for: name, at: time, region: region) else {
            throw current.unpriced(name, at: time, region: region)
        }
        return price
    }

    /// Returns up to three model ids that may be meant instead of a model that has no price.
    package func similar(to model: UnpricedModel) -> [String] {
        current.similar(to: model)
    }
}
