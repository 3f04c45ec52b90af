extension PriceCatalog {
    /// Returns the rows whose model id contains a text, or that an ARN is charged at, in the order of the file.
    ///
    /// - Parameters:
    ///   - region: Leaves out the rows that apply to no call in this Region; nil leaves out none, except that an ARN
    ///     has its own.
    ///   - time: When the ARN is called.
    package func rows(matching text: String?, region: String?, at time: Timestamp) -> [Price] {
        let model = text.map(CalledModel.init)
        let region = model?.region ?? region
        let keys = model.map { self.keys(of: $0, at: time) } ?? []
        return prices.filter { price in
            let isNamed = text.map { price.modelId.contains($0) || keys.contains(price.modelId) } ?? true
            return isNamed && (region.map { counts(price, in: $0) } ?? true)
        }
    }

    /// Returns whether a row can apply to a call in a Region, at any time.
    private func counts(_ price: Price, in region: String) -> Bool {
        if let own = price.region { return own == region }
        let others = rows(of: price.modelId).filter { $0.region == region }
        // A row for all Regions can start to apply at its own start, or where a row of the Region ends.
        return ([price.startMilliseconds] + others.map(\.endMilliseconds)).contains { moment in
            price.startMilliseconds <= moment && moment < price.endMilliseconds
                && !others.contains { $0.startMilliseconds <= moment && moment < $0.endMilliseconds }
        }
    }
}
