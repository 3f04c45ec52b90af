/// What a check of the price file looks for.
public enum PriceLintRule: String, Sendable, CaseIterable {
    /// A token out costs at least what a token in costs.
    case outputBelowInput = "output-below-input"
    /// A token read from a cache costs at most what a token in costs.
    case cacheReadAboveInput = "cache-read-above-input"
    /// Claude's cache writes cost 1.25 times the input price for five minutes and twice for an hour.
    case claudeCacheWrite = "claude-cache-write"
    /// Batch and flex cost half, and priority 1.75 times, of the plain price.
    case tierRatio = "tier-ratio"
    /// Long-context prices are not below the plain ones.
    case longContext = "long-context"
    /// A geography's profile costs 1.0 to 1.43 times the bare model id, and nothing is cheaper than the global profile.
    case geography
    /// No two rows of a model id and Region hold at the same time.
    case overlap
    /// A bare model id is not cheaper than its `us.` profile: it then carries the global price.
    case inRegion = "in-region"
    /// The periods of a model id and Region follow each other without a gap.
    case gap
    /// No model costs less than a fifth of all models, two or more, whose names differ from its own in numbers alone.
    case outlier
    /// Rows are read from their source every ninety days.
    case stale
    /// The model still answers.
    case endOfLife = "end-of-life"
    /// The row is marked as doubtful.
    case unverified

    public enum Severity: String, Sendable {
        /// The figures cannot be right.
        case error
        /// The figures may be right, and someone has to look.
        case warning
    }

    public var severity: Severity {
        switch self {
        case .outputBelowInput, .cacheReadAboveInput, .claudeCacheWrite, .tierRatio, .longContext, .geography, .overlap:
            .error
        case .inRegion, .gap, .outlier, .stale, .endOfLife, .unverified: .warning
        }
    }
}

/// A row, or a group of rows, that a rule speaks against.
public struct PriceLintFinding: Sendable, Equatable, CustomStringConvertible {
    public let rule: PriceLintRule
    public let diagnostic: Diagnostic

    public var severity: PriceLintRule.Severity { rule.severity }

    public var description: String {
        "\(severity.rawValue): \(diagnostic) [\(rule.rawValue)]"
    }
}
