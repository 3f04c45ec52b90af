/// A rule that a price file is checked against.
package enum PriceLintRule: String, Sendable, CaseIterable {
    /// An output token costs at least as much as an input token.
    case outputBelowInput = "output-below-input"
    /// A token read from a cache costs at most as much as an input token.
    case cacheReadAboveInput = "cache-read-above-input"
    /// Claude's cache writes cost 1.25 times the input price for five minutes and twice for an hour.
    case claudeCacheWrite = "claude-cache-write"
    /// Batch and flex cost half the plain price, priority 1.75 times the plain price, and optimised latency no less than
    /// the plain price.
    case tierRatio = "tier-ratio"
    /// Long-context prices are not below the plain ones.
    case longContext = "long-context"
    /// A geography's profile costs 1.0 to 1.43 times the bare model id, and nothing is cheaper than the global profile.
    case geography
    /// No two rows of a model id and Region, or of an ARN in the file of ARNs, apply at the same time.
    case overlap
    /// The Region of a row for an ARN is the ARN's own.
    case arnRegion = "arn-region"
    /// The model id that an ARN is mapped to has a price row for the ARN's Region.
    case unknownModel = "unknown-model"
    /// A bare model id is not cheaper than its `us.` profile: if it is, it has the global price.
    case inRegion = "in-region"
    /// The periods of a model id and Region follow each other without a gap.
    case gap
    /// No model costs less than a fifth of every other model whose name differs from its own only in numbers, if there
    /// are at least two such models.
    case outlier
    /// Every row was read from its source within the last ninety days.
    case stale
    /// The model still answers.
    case endOfLife = "end-of-life"
    /// The row is not marked as doubtful.
    case unverified

    package enum Severity: String, Sendable {
        /// The figures cannot be right.
        case error
        /// The figures may be right, but a person has to check them.
        case warning
    }

    package var severity: Severity {
        switch self {
        case .outputBelowInput, .cacheReadAboveInput, .claudeCacheWrite, .tierRatio, .longContext, .geography, .overlap,
            .arnRegion, .unknownModel:
            .error
        case .inRegion, .gap, .outlier, .stale, .endOfLife, .unverified: .warning
        }
    }
}

/// A row, or a group of rows, that violates a rule.
package struct PriceLintFinding: Sendable, Equatable, CustomStringConvertible {
    package let rule: PriceLintRule
    package let diagnostic: Diagnostic

    package var severity: PriceLintRule.Severity { rule.severity }

    package var description: String {
        "\(severity.rawValue): \(diagnostic) [\(rule.rawValue)]"
    }
}
