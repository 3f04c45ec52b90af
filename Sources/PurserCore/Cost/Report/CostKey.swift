/// What the rows of a cost report are split by.
package enum CostKey: Sendable, Hashable {
    case model
    case team
    case user
    case application
    case accessKey
    case session
    case tier
    /// In the report's time zone.
    case day
    case hour
    /// An entry of the call's `requestMetadata`.
    case tag(String)
    /// All entries of the call's `requestMetadata` that are tags, as ``CallTags/json``; no text names it.
    case tags

    private static let plain: [(name: String, key: CostKey)] = [
        ("model", .model), ("team", .team), ("user", .user), ("application", .application), ("key", .accessKey),
        ("session", .session), ("tier", .tier), ("day", .day), ("hour", .hour),
    ]
    private static let tagPrefix = "tag:"

    /// The keys that a filter takes, for error messages.
    static let filterable =
        plain.filter { $0.key.periodSeconds == nil }.map(\.name).joined(separator: ", ") + " or tag:NAME"
    package static let allowed = plain.map(\.name).joined(separator: ", ") + " or tag:NAME"

    /// Reads a key as it is written after `--by`; nil for anything else.
    package init?(_ text: some StringProtocol) {
        if text.hasPrefix(Self.tagPrefix), text.count > Self.tagPrefix.count {
            self = .tag(String(text.dropFirst(Self.tagPrefix.count)).normalised)
        } else if let known = Self.plain.first(where: { $0.name == text }) {
            self = known.key
        } else {
            return nil
        }
    }

    /// As ``init(_:)`` reads it.
    package var name: String {
        if case .tag(let name) = self { return Self.tagPrefix + name }
        return Self.plain.first { $0.key == self }?.name ?? ""
    }

    /// The seconds of the periods that the key names; nil for a key that is no time.
    package var periodSeconds: Int? {
        switch self {
        case .day: 86_400
        case .hour: 3600
        default: nil
        }
    }
}

/// The calls that a report is about: those that have one of these values.
package struct CostFilter: Sendable, Equatable {
    package var key: CostKey
    /// Nil is the value of calls without one.
    package var values: [String?]

    package init(_ key: CostKey, _ values: [String?]) {
        self.key = key
        self.values = values
    }

    /// Reads filters written like `team=support,model=m`; values of the same key are alternatives, and an empty value
    /// is that of calls without one. A backslash before a comma, an equals sign or a backslash makes it a part of a text.
    ///
    /// Throws the part that is no filter, and why.
    package static func read(_ texts: [String]) throws(CostFilterFault) -> [CostFilter] {
        var filters: [CostFilter] = []
        for part in parts(texts) {
            let sides = split(part, at: "=", keepsEscapes: false, most: 2)
            guard sides.count == 2 else { throw CostFilterFault(part: part, reason: "KEY=VALUE is needed") }
            guard let key = CostKey(sides[0]), key.periodSeconds == nil else {
                throw CostFilterFault(part: part, reason: "the key must be \(CostKey.filterable)")
            }
            let value = sides[1].isEmpty ? nil : sides[1].normalised
            let tiers = ServiceTier.allCases.map(\.rawValue)
            if key == .tier, !tiers.contains(value ?? "") {
                throw CostFilterFault(part: part, reason: "the tier must be one of \(tiers.joined(separator: ", "))")
            }
            if let index = filters.firstIndex(where: { $0.key == key }) {
                filters[index].values.append(value)
            } else {
                filters.append(CostFilter(key, [value]))
            }
        }
        return filters
    }

    /// Returns the parts of filters, each a key and a value.
    static func parts(_ texts: [String]) -> [String] {
        texts.flatMap { split($0, at: ",", keepsEscapes: true, most: .max) }
    }

    /// Returns a part's key and value; nil if it has no key.
    static func sides(_ part: String) -> (key: CostKey, value: String)? {
        let sides = split(part, at: "=", keepsEscapes: false, most: 2)
        return sides.count == 2 ? CostKey(sides[0]).map { ($0, sides[1]) } : nil
    }

    /// Returns the parts of a text between separators that have no backslash before them.
    private static func split(_ text: String, at separator: Character, keepsEscapes: Bool, most: Int) -> [String] {
        var parts = [""]
        var isEscaped = false
        for character in text {
            if isEscaped || character != "\\" && (character != separator || parts.count == most) {
                if isEscaped, keepsEscapes { parts[parts.count - 1].append("\\") }
                parts[parts.count - 1].append(character)
                isEscaped = false
            } else if character == separator {
                parts.append("")
            } else {
                isEscaped = true
            }
        }
        return parts
    }

    /// As ``read(_:)`` reads it.
    package var text: String {
        values.map { Self.escaped(key.name) + "=" + Self.escaped($0 ?? "") }.joined(separator: ",")
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { $0 += "\\,=".contains($1) ? "\\\($1)" : String($1) }
    }
}

/// Why a filter cannot be read.
package struct CostFilterFault: Error, Equatable, CustomStringConvertible {
    package var part: String
    package var reason: String

    package init(part: String, reason: String) {
        self.part = part
        self.reason = reason
    }

    package var description: String { "`\(part)`: \(reason)" }
}
