/// A model as a call names it: by an id, or by an ARN.
///
/// The ARNs of foundation models (`arn:aws:bedrock:REGION::foundation-model/ID`) and of system-defined inference
/// profiles (`arn:aws:bedrock:REGION:ACCOUNT:inference-profile/ID`) end with the id. Those of application inference
/// profiles, provisioned throughput, custom and imported models and prompt routers do not say which model they stand
/// for; for these, the operator gives a price row or a row of the file of ARNs (``ARNMap``).
/// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
package struct CalledModel: Sendable, Hashable {
    /// The id or ARN as called.
    package let name: String
    /// The id of the model or of the system-defined inference profile; nil for an ARN that does not name one.
    package let modelId: String?
    /// The Region in the ARN; nil if the call does not name one.
    package let region: String?

    package init(_ name: String) {
        self.name = name
        // Nearly every call has an id, which needs no parsing.
        guard name.hasPrefix("arn:"), let arn = AWSARN(name) else {
            (modelId, region) = (name, nil)
            return
        }
        region = arn.region.isEmpty ? nil : arn.region
        let parts = arn.resource.split(separator: "/", omittingEmptySubsequences: false)
        let endsWithId = arn.service == "bedrock" && parts.count == 2 && Self.kindsWithId.contains(String(parts[0]))
        modelId = endsWithId && !parts[1].isEmpty ? String(parts[1]) : nil
    }

    private static let kindsWithId = ["foundation-model", "inference-profile"]

    /// Whether calls name it by an ARN that does not say which model it stands for.
    package var isOpaque: Bool { modelId == nil }

    /// The id if it is known, otherwise the name: the same text for every ARN of one model.
    package var shortName: String { modelId ?? name }

    /// Returns the id of the model that its calls are charged as: where an ARN does not name it, that of their price row.
    func id(pricedAs pricedId: String?) -> String {
        modelId ?? pricedId.flatMap { CalledModel($0).modelId } ?? name
    }

    /// Returns whether a list of allowed models includes it: by its name, or by the id that its ARN ends with.
    package func isAllowed(by models: [String]) -> Bool {
        models.contains(name) || (modelId.map(models.contains) ?? false)
    }
}
