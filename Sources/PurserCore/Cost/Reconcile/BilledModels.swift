/// Which models the names in a bill are: `NovaLite`, `Claude4.6Sonnet` or `Claude Haiku 4.5 (Amazon Bedrock Edition)`.
///
/// A name and an id are of the same model if they have the same letters and the same digits, each in their order, without
/// the id's vendor, geography, date and first version. Where AWS's name has others, `offers.csv` says so.
package struct BilledModels: Sendable {
    /// What the names of a model have in common.
    package struct Key: Sendable, Hashable {
        var letters: String
        var digits: String
    }

    private let aliases: [Key: Key]
    /// The ids without a geography.
    private let ids: [Key: String]

    /// - Parameter ids: The ids of models that a bill may have, those to show first.
    package init(_ offers: OfferMap, ids: [String]) {
        var aliases: [Key: Key] = [:]
        for row in offers.rows { aliases[Self.key(plain: Self.withoutEdition(row.name))] = Self.key(id: row.modelId) }
        self.aliases = aliases
        self.ids = (ids + offers.rows.map(\.modelId)).reduce(into: [:]) { known, id in
            let key = Self.key(id: id)
            if known[key] == nil { known[key] = FocusModel.withoutGeography(id) }
        }
    }

    /// Returns the model with a name of a bill, or with an id.
    package func key(name: String) -> Key {
        let name = Self.withoutEdition(name)
        let plain = Self.key(plain: name)
        if let alias = aliases[plain] { return alias }
        if ids[plain] != nil { return plain }
        let asId = Self.key(id: name)
        if ids[asId] != nil { return asId }
        // `OpenAI GPT-5.6 Terra`
        for vendor in Self.vendors where plain.letters.hasPrefix(vendor) {
            let rest = Key(letters: String(plain.letters.dropFirst(vendor.count)), digits: plain.digits)
            if ids[rest] != nil { return rest }
        }
        return name.contains(".") && !name.contains(" ") ? asId : plain
    }

    /// Returns the id of a model without a geography; nil if no id of it is known.
    package func id(_ key: Key) -> String? {
        ids[key]
    }

    /// Returns the model that these names of a line of the Marketplace have; nil if no name is of a model.
    func named(by names: [String]) -> (key: Key, name: String)? {
        for name in names where name.contains(Self.edition) {
            // A description has the name between other parts.
            let part = name.split(separator: "|").map(String.init).first { $0.contains(Self.edition) } ?? name
            let plain = Self.withoutEdition(part)
            if !plain.isEmpty { return (key(name: plain), plain) }
        }
        for part in names.flatMap({ $0.split(separator: "|").map(String.init) }) {
            let key = key(name: part)
            if ids[key] != nil { return (key, part) }
        }
        return nil
    }

    private static let edition = " (Amazon Bedrock Edition)"
    private static let vendors = [
        "amazon", "anthropic", "cohere", "deepseek", "google", "meta", "mistralai", "nvidia", "openai", "qwen",
        "writer",
        "xai", "zai",
    ]

    static func withoutEdition(_ name: String) -> String {
        let cut = name.firstRange(of: edition).map { String(name[..<$0.lowerBound]) } ?? name
        return cut.split(separator: " ").joined(separator: " ")
    }

    /// Returns the key of an id or ARN as it is called.
    package static func key(id: String) -> Key {
        let called = CalledModel(id)
        // An ARN that does not say the model is itself.
        guard let modelId = called.modelId else { return Key(letters: id, digits: "") }
        let bare = FocusModel.withoutGeography(modelId)
        let parts = bare.split(separator: ".", maxSplits: 1).map(String.init)
        let isVendor = parts.count == 2 && parts[0].allSatisfy(\.isLetter) || bare.hasPrefix("ai21.")
        var words = (isVendor ? parts[1] : bare).split(separator: "-").map(String.init)
        if let last = words.last?.split(separator: ":").first, last == "v1" {
            words.removeLast()
        } else if let last = words.last?.split(separator: ":").first {
            words[words.count - 1] = String(last)
        }
        words.removeAll { $0 == "instruct" || $0.count == 8 && $0.hasPrefix("20") && $0.allSatisfy(\.isNumber) }
        return key(plain: words.joined(separator: "-"))
    }

    /// Returns the key of a name: `2.0` is 2.
    private static func key(plain name: String) -> Key {
        var (letters, digits) = ("", "")
        let scalars = Array(name.lowercased().replacing("-instruct", with: "").unicodeScalars)
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            let isZero = scalar == "." && index > 0 && index + 1 < scalars.count && scalars[index + 1] == "0"
            let ends = index + 2 >= scalars.count || !("0"..."9").contains(scalars[index + 2])
            if isZero, ends {
                index += 2
                continue
            }
            if ("0"..."9").contains(scalar) {
                digits.unicodeScalars.append(scalar)
            } else if scalar.properties.isAlphabetic {
                letters.unicodeScalars.append(scalar)
            }
            index += 1
        }
        return Key(letters: letters, digits: digits)
    }
}
