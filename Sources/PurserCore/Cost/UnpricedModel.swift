/// A model without a price, and why: the same words in every program.
package struct UnpricedModel: Error, Sendable, Equatable, CustomStringConvertible {
    /// The id or ARN as called.
    package let modelId: String
    /// What completes "the model X …": `has no price in us-east-1, only in eu-central-1`.
    package let reason: String
    /// Whether no price row and no file of ARNs has it, so another id may be meant.
    package let isUnknown: Bool

    package init(modelId: String, reason: String = "has no price", isUnknown: Bool = true) {
        self.modelId = modelId
        self.reason = reason
        self.isUnknown = isUnknown
    }

    package var description: String { "the model \(modelId) \(reason)" }
}

extension PriceCatalog {
    /// Returns why a model has no price at a moment in a Region.
    package func unpriced(_ name: String, at time: Timestamp, region: String? = nil) -> UnpricedModel {
        let model = CalledModel(name)
        let region = model.region ?? region
        let mapped = arns.modelId(for: name, at: time)
        let rows = keys(of: model, at: time).flatMap(rows(of:))
        let regions = Set(rows.filter { $0.isEffective(at: time) }.compactMap(\.region)).sorted()
        let reason =
            if !regions.isEmpty {
                "has no price " + (region.map { "in \($0)" } ?? "while no Region is set (AWS_REGION)")
                    + ", only in \(regions.joined(separator: ", "))"
            } else if !rows.isEmpty {
                "has no price at \(time), only for other periods"
            } else if mapped == nil, model.isOpaque {
                "has no price: its ARN does not say which model it is, so it needs a price row or a row in arns.csv"
            } else {
                "has no price"
            }
        return UnpricedModel(
            modelId: name,
            reason: (mapped.map { "stands for \($0), which " } ?? "") + reason,
            isUnknown: rows.isEmpty && mapped == nil && !model.isOpaque
        )
    }

    /// Returns up to three model ids that may be meant instead of a model that has no price.
    package func similar(to model: UnpricedModel) -> [String] {
        model.isUnknown ? closestModelIds(to: model.modelId) : []
    }
}
