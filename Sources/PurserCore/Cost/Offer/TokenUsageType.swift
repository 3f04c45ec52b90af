/// What a usage type of AWS's bills and price lists counts, if it counts tokens of a model.
///
/// Bedrock's own models have the model in the usage type: `USE1-NovaLite-input-tokens-flex`,
/// `USE1-Nova2.0Lite-output-tokens-cross-region-global`, `USE1-zai.glm-5-mantle-input-tokens-priority`. Those of the
/// Marketplace do not: `USE1-MP:USE1_InputTokenCount_Global_Batch-Units`,
/// `USE1-MP:USE1_cache_write_tokens_1h_global_standard-Units`.
package struct TokenUsageType: Sendable, Equatable {
    /// Where the calls may be served.
    package enum Scope: Sendable {
        case region
        /// The Regions of a geography.
        case geography
        case global
    }

    /// The prefix that says the Region: `USE1`.
    package let regionCode: String?
    /// The model; nil for one of the Marketplace, whose usage type does not name it.
    package let model: String?
    package let kind: TokenKind
    package let tier: ServiceTier
    package let scope: Scope
    /// Whether it is for calls with a long context.
    package let isLong: Bool
    /// Whether it is for cache writes that last neither five minutes nor an hour.
    package let isOfOtherDuration: Bool

    /// Reads a usage type; nil for one that counts something else, such as images, reserved capacity or tokens of custom
    /// models.
    package init?(_ text: String) {
        var rest = text[...]
        regionCode = Self.code(before: "-", in: &rest)
        var words: [String]
        if rest.hasPrefix(Self.marketplace) {
            rest = rest.dropFirst(Self.marketplace.count)
            _ = Self.code(before: "_", in: &rest)
            if rest.hasSuffix(Self.units) { rest = rest.dropLast(Self.units.count) }
            (model, words) = (nil, Self.words(rest))
        } else {
            let lower = rest.lowercased()
            let starts = Self.kindWords.compactMap { lower.firstRange(of: $0)?.lowerBound }
            guard let start = starts.min(), start > lower.startIndex else { return nil }
            let length = lower.distance(from: lower.startIndex, to: start)
            let name = String(rest.prefix(length))
            // Images and speech have tokens of their own, and so has text beside them.
            guard !Self.media.contains(where: name.lowercased().hasSuffix) else { return nil }
            (model, words) = (name, Self.words(rest.dropFirst(length)))
        }
        guard words.contains(where: Self.tokens.contains) else { return nil }
        words.removeAll { Self.fillers.contains($0) || Self.tokens.contains($0) }
        guard let kind = Self.takeKind(&words), let tier = Self.takeTier(&words) else { return nil }
        let isGlobal = Self.take(["global"], &words)
        let isGeographic = Self.take(["geo", "cross", "regional", "cris"], &words)
        (self.kind, self.tier) = (kind, tier)
        scope = isGlobal ? .global : isGeographic ? .geography : .region
        _ = Self.take(["region"], &words)
        isLong = Self.take(["ctx", "context", "lctx"], &words)
        if isLong { _ = Self.take(["long", "l"], &words) }
        isOfOtherDuration = kind == .cacheWrite5m && Self.take(["30m"], &words)
        guard words.isEmpty else { return nil }
    }

    private static let marketplace = "MP:"
    private static let units = "-Units"
    private static let kindWords = ["-mantle-", "-cache-", "-input-", "-output-"]
    private static let media = ["-text", "-image", "-speech", "-audio", "-video"]
    private static let tokens: Set<String> = ["token", "tokens"]
    private static let fillers: Set<String> = ["count", "million", "mantle", "standard"]

    /// Whether a usage type is of the Marketplace.
    package static func isOfMarketplace(_ text: String) -> Bool {
        text.hasPrefix(marketplace) || text.contains("-" + marketplace)
    }

    /// Takes a code in capitals and digits, such as `USE1`, and what follows it; nil if there is none.
    private static func code(before separator: Character, in rest: inout Substring) -> String? {
        guard let end = rest.firstIndex(of: separator), end > rest.startIndex else { return nil }
        let code = rest[..<end]
        guard code.utf8.allSatisfy({ (0x41...0x5a).contains($0) || (0x30...0x39).contains($0) }) else { return nil }
        rest = rest[rest.index(after: end)...]
        return String(code)
    }

    /// Returns the words of a name in lower case: `Cache`, `Write`, `1h`, `Input` of `CacheWrite1hInput`.
    private static func words(_ text: Substring) -> [String] {
        var words: [String] = []
        var last: Character?
        var isOpen = false
        for character in text {
            guard character.isLetter || character.isNumber else {
                isOpen = false
                continue
            }
            let begins = last.map { $0.isLowercase && (character.isUppercase || character.isNumber) } ?? true
            if isOpen, !begins {
                words[words.count - 1].append(contentsOf: character.lowercased())
            } else {
                words.append(character.lowercased())
            }
            (last, isOpen) = (character, true)
        }
        return words
    }

    /// Removes these words; returns whether there was one.
    private static func take(_ some: Set<String>, _ words: inout [String]) -> Bool {
        let count = words.count
        words.removeAll(where: some.contains)
        return words.count < count
    }

    private static func takeKind(_ words: inout [String]) -> TokenKind? {
        let isOutput = take(["output", "response"], &words)
        let isInput = take(["input"], &words)
        guard take(["cache"], &words) else {
            guard isInput != isOutput else { return nil }
            return isInput ? .input : .output
        }
        let isRead = take(["read", "reads"], &words)
        let isWrite = take(["write", "writes"], &words)
        guard isRead != isWrite, !isOutput else { return nil }
        if isRead { return .cacheRead }
        if take(["1h"], &words) { return .cacheWrite1h }
        // The ledger counts a write of any other duration than an hour as one of five minutes.
        _ = take(["5m"], &words)
        return .cacheWrite5m
    }

    private static func takeTier(_ words: inout [String]) -> ServiceTier? {
        var tiers: [ServiceTier] = []
        for tier in [ServiceTier.batch, .flex, .priority] where take([tier.rawValue], &words) { tiers.append(tier) }
        if take(["optimized"], &words) {
            _ = take(["latency"], &words)
            tiers.append(.optimized)
        }
        return tiers.count > 1 ? nil : tiers.first ?? .standard
    }
}

/// How many tokens a unit of a price is.
package enum TokenUnit {
    /// Returns the tokens of a unit such as `1K tokens`, `1,000 tokens`, `1M tokens` or `1000000 Tokens`; nil if it does not
    /// say them.
    ///
    /// The Marketplace's unit is `Units` for some models. Then the description counts if it says a number, as
    /// `Million Input Tokens` does.
    package static func tokens(unit: String, description: String) -> Int? {
        let unit = words(unit)
        guard unit == ["units"] else {
            return end(unit).flatMap { multiple(unit[..<$0]) }
        }
        // Its parts are, for example, the Region and what is counted.
        for part in description.split(separator: "|") {
            let words = words(part)
            if let end = end(words) {
                return described(words[..<end], isOfContext: contexts.contains(words, at: end + 1))
            }
        }
        return nil
    }

    private static let multiples = ["k": 1000, "m": 1_000_000, "thousand": 1000, "million": 1_000_000]
    private static let contexts: Set<String> = ["context", "ctx", "window"]

    /// Returns the words in lower case; the points and commas of a number are a part of it.
    private static func words(_ text: some StringProtocol) -> [String] {
        let characters = Array(text.lowercased())
        var words = [""]
        for (index, character) in characters.enumerated() {
            let isBetweenDigits =
                (character == "," || character == ".") && index > 0 && index + 1 < characters.count
                && characters[index - 1].isNumber && characters[index + 1].isNumber
            if character.isLetter || character.isNumber || isBetweenDigits {
                words[words.count - 1].append(character)
            } else {
                words.append("")
            }
        }
        return words.filter { !$0.isEmpty }
    }

    /// Returns the place of the word that names the tokens; nil if there is none.
    private static func end(_ words: [String]) -> Int? {
        words.firstIndex { $0 == "token" || $0 == "tokens" }
    }

    /// Returns the only number; nil if there is none, more than one, or a word that looks like a number and is none.
    private static func multiple(_ words: ArraySlice<String>) -> Int? {
        var numbers: [(value: Int, isWord: Bool)] = []
        for word in words {
            let isWord = word.first?.isNumber != true
            if let value = number(word) { numbers.append((value, isWord)) } else if !isWord { return nil }
        }
        // `1 million tokens`
        if numbers.count == 2, numbers[0].value == 1, numbers[1].isWord { numbers.removeFirst() }
        return numbers.count == 1 ? numbers[0].value : nil
    }

    /// Returns the number of a description that counts its tokens. Digits alone are of a price, a Region or a model, and a
    /// number of a context, as in `1M context Output Tokens`, counts nothing either.
    private static func described(_ words: ArraySlice<String>, isOfContext: Bool) -> Int? {
        var numbers: [Int] = []
        for (index, word) in zip(words.indices, words) {
            guard word.last?.isNumber == false, let value = number(word) else { continue }
            let rest = words[(index + 1)...]
            let isDigits = word.first?.isNumber == true
            // `1M context`, `1M long context`; but `Million Long Context Input Tokens` are counted in millions.
            if isOfContext || (isDigits ? rest : rest.prefix(1)).contains(where: contexts.contains) { return nil }
            let before = index > words.startIndex ? words[index - 1] : ""
            // `10 million`
            if !isDigits, before.first?.isNumber == true, before != "1" { return nil }
            numbers.append(value)
        }
        return numbers.count == 1 ? numbers[0] : nil
    }

    private static func number(_ word: String) -> Int? {
        if let multiple = multiples[word] { return word.count > 1 ? multiple : nil }
        let start = word.prefix { $0 == "," || $0.isASCII && $0.isNumber }
        let groups = start.split(separator: ",", omittingEmptySubsequences: false)
        guard groups.count == 1 || groups[0].count <= 3 && groups.dropFirst().allSatisfy({ $0.count == 3 }),
            start.first != "0", let value = Int(groups.joined()), value <= 1_000_000
        else { return nil }
        let suffix = String(word.dropFirst(start.count))
        if suffix.isEmpty { return value }
        return multiples[suffix].flatMap { suffix.count == 1 && value * $0 <= 1_000_000 ? value * $0 : nil }
    }
}

extension Set<String> {
    fileprivate func contains(_ words: [String], at index: Int) -> Bool {
        index < words.count && contains(words[index])
    }
}
