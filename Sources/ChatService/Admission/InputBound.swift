import PurserCore

/// An upper bound on the input tokens of a request, built from its parts.
///
/// A text has at most one token per byte in its longest normalization form (``NormalisedText``), plus what a chat
/// template adds. An image is bounded by the rule of the model's maker. Everything else, such as a PDF, is bounded by the
/// model's context window, and so is the whole request if the price that states the window is verified: a wrong window
/// would hold too little.
struct InputBound: Sendable, Equatable {
    /// Tokens of texts and templates.
    private(set) var textTokens = 0
    private(set) var images = 0
    /// The number of documents, videos, audio files and objects in S3 that only the context window bounds.
    private(set) var unbounded = 0
    /// Whether the request asks for a larger context window than the model's usual one.
    var asksForLargerWindow = false

    /// Tokens that a chat template adds to each turn, and to the system prompt.
    private static let tokensOfTurn = 32
    /// The tokens to assume for media if the model's context window is unknown.
    private static let tokensOfUnknownWindow = 1_000_000
    /// The context window that Claude has if a request asks for the larger one.
    private static let largerWindow = 1_000_000

    mutating func add(tokens: Int) {
        textTokens += tokens
    }

    mutating func add(text: String) {
        textTokens += NormalisedText.mostBytes(text)
    }

    mutating func add(turns: Int) {
        textTokens += Self.tokensOfTurn * turns
    }

    mutating func addImage() {
        images += 1
    }

    mutating func addUnbounded() {
        unbounded += 1
    }

    /// Adds the parts of another bound, its texts `factor` times.
    mutating func add(_ other: InputBound, textTimes factor: Int) {
        textTokens += other.textTokens * factor
        images += other.images
        unbounded += other.unbounded
    }

    /// Returns the most input tokens that a call at this price can have.
    func mostTokens(at price: Price) -> Int {
        let window = price.maxInputTokens.map { asksForLargerWindow ? max($0, Self.largerWindow) : $0 }
        let tokens = textTokens + images * Self.tokensOfImage(price.modelId)
        guard let window else { return tokens + unbounded * Self.tokensOfUnknownWindow }
        let most = unbounded > 0 ? max(tokens, window) : tokens
        // Bedrock rejects a request that does not fit into the window, at no cost.
        return price.status == .verified ? min(most, window) : most
    }

    /// Returns the most tokens of one image.
    ///
    /// Claude scales an image down to at most 2,576 pixels a side and reads it in patches of 28 by 28 pixels (source:
    /// "Images and vision" in Anthropic's documentation). For the other models, 4,096 by 4,096 pixels in patches of 32 by
    /// 32 are assumed: more than any of them documents.
    private static func tokensOfImage(_ modelId: String) -> Int {
        let patches = modelId.contains("anthropic.claude") ? 2576 / 28 : 4096 / 32
        return patches * patches
    }
}
