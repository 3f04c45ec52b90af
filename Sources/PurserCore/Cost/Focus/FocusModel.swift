/// What a FOCUS dataset says about a model: who made it, and which resource of AWS it is.
package struct FocusModel: Sendable, Equatable {
    /// The id or ARN exactly as called.
    package let calledId: String
    /// The id without an ARN around it, if that is known.
    package let name: String
    /// The Region in the ARN that was called.
    let region: String?
    /// The id's first word, `amazon`; nil if it names none.
    private let vendor: String?
    /// The id without a geography and without its vendor.
    private let rest: String

    /// - Parameter pricedId: The id that the price row is for, which counts if the ARN does not name the model.
    init(_ calledId: String, pricedId: String?) {
        self.calledId = calledId
        let called = CalledModel(calledId)
        name = called.id(pricedAs: pricedId)
        region = called.region
        let bare = Self.withoutGeography(name)
        let parts = bare.split(separator: ".", maxSplits: 1).map(String.init)
        let isId = parts.count == 2 && CalledModel(name).modelId != nil
        (vendor, rest) = isId ? (parts[0], parts[1]) : (nil, bare)
    }

    /// The name of the company that made the model; AWS sells those of unknown ones too.
    package var publisher: String {
        guard let vendor else { return Self.provider }
        return Self.publishers[vendor] ?? vendor.prefix(1).uppercased() + vendor.dropFirst()
    }

    package static let provider = "AWS"

    /// `nova`, `claude`, `llama`: the letters that the name begins with, or the vendor if they say nothing.
    package var family: String? {
        guard let vendor else { return nil }
        let letters = rest.prefix { $0.isLetter }
        return letters.count > 1 ? String(letters) : vendor
    }

    /// `v1:0`, the end of the id; nil if it has none.
    package var version: String? {
        guard let last = rest.split(separator: "-").last, last.first == "v" else { return nil }
        return last.dropFirst().allSatisfy { $0.isNumber || $0 == ":" } && last.count > 1 ? String(last) : nil
    }

    /// Returns the ARN that was called or, if the Region is known, the foundation model's; otherwise the id.
    ///
    /// The ARN of an inference profile has the account in it, which is not known.
    package func resourceId(in region: String?) -> String? {
        if calledId.hasPrefix("arn:") { return calledId }
        guard vendor != nil else { return nil }
        guard let region, Self.withoutGeography(name) == name else { return calledId }
        let partition = region.hasPrefix("us-gov-") ? "aws-us-gov" : "aws"
        return "arn:\(partition):bedrock:\(region)::foundation-model/\(name)"
    }

    /// `Foundation Model`, `Inference Profile`, `Provisioned Model` and so on.
    package var resourceType: String {
        if let kind = AWSARN(calledId)?.resource.split(separator: "/").first {
            return kind.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: " ")
        }
        return Self.withoutGeography(name) == name ? "Foundation Model" : "Inference Profile"
    }

    /// Returns an id without the geography of an inference profile.
    static func withoutGeography(_ id: String) -> String {
        guard let first = id.split(separator: ".").first.map(String.init), Price.geographies.contains(first) else {
            return id
        }
        return String(id.dropFirst(first.count + 1))
    }

    private static let publishers = [
        "ai21": "AI21 Labs", "amazon": "Amazon", "anthropic": "Anthropic", "cohere": "Cohere", "deepseek": "DeepSeek",
        "google": "Google", "luma": "Luma AI", "meta": "Meta", "minimax": "MiniMax", "mistral": "Mistral AI",
        "moonshot": "Moonshot AI", "moonshotai": "Moonshot AI", "nvidia": "NVIDIA", "openai": "OpenAI",
        "qwen": "Qwen", "stability": "Stability AI", "twelvelabs": "TwelveLabs", "writer": "Writer", "xai": "xAI",
        "zai": "Z.AI",
    ]
}
