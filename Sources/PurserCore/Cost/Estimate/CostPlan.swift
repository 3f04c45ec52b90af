/// The traffic of a month that `purser cost estimate` computes the bill of.
///
/// The defaults are those of the reference design: 500 requests a day to Nova Lite, of which the quota lets 10,000 a
/// month through.
package struct CostPlan: Sendable, Equatable {
    package var requestsPerDay = 500
    package var days = 30
    /// Plain input tokens of a request, without those read from a cache.
    package var inputTokens = 1000
    package var outputTokens = 600
    package var cacheReadTokens = 0
    package var tier = ServiceTier.standard
    /// Active users of the month.
    package var users = 100
    /// Requests that may be made in the month; nil without a limit.
    package var quota: Int? = 10_000
    /// Whether amounts that are free in every account are taken off.
    package var countsFreeTier = true
    /// The rows of `services.csv` with an option that the plan includes.
    package var options: Set<String> = []

    package init() {}

    package var requests: Int { requestsPerDay * days }

    /// The requests that the quota lets through.
    package var admittedRequests: Int { min(requests, quota ?? requests) }

    package var usage: TokenUsage {
        TokenUsage(input: inputTokens, output: outputTokens, cacheRead: cacheReadTokens)
    }
}
