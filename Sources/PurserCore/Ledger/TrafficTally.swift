/// The outcomes of the calls of a replay or a demonstration.
package struct TrafficTally: Sendable, Equatable {
    package var answered = 0
    package var failed = 0
    /// By the refusal's code.
    package var refused: [String: Int] = [:]
    /// Already in the ledger, under the same id.
    package var known = 0
    package var retries = 0
    package var inputTokens = 0
    package var outputTokens = 0
    package var cost = Picodollars.zero

    package init() {}

    package var requests: Int {
        answered + failed + known + refusedTotal
    }

    package var refusedTotal: Int {
        refused.values.reduce(0, +)
    }

    package mutating func add(_ other: TrafficTally) {
        answered += other.answered
        failed += other.failed
        refused.merge(other.refused, uniquingKeysWith: +)
        known += other.known
        retries += other.retries
        inputTokens += other.inputTokens
        outputTokens += other.outputTokens
        cost += other.cost
    }

    /// The members of the JSON result; amounts of money are exact.
    package var json: [JSONValue.Member] {
        [
            .init("requests", .integer(requests)),
            .init("answered", .integer(answered)),
            .init("failed", .integer(failed)),
            .init("refused", .object(refused.sorted { $0.key < $1.key }.map { .init($0.key, .integer($0.value)) })),
            .init("known", .integer(known)),
            .init("retries", .integer(retries)),
            .init("inputTokens", .integer(inputTokens)),
            .init("outputTokens", .integer(outputTokens)),
            .init("cost", .string(cost.description)),
        ]
    }

    package init(json: JSONValue) {
        func integer(_ key: String) -> Int {
            json[key]?.integer ?? 0
        }
        answered = integer("answered")
        failed = integer("failed")
        known = integer("known")
        retries = integer("retries")
        inputTokens = integer("inputTokens")
        outputTokens = integer("outputTokens")
        cost = json["cost"]?.string.flatMap(Picodollars.init(dollars:)) ?? .zero
        for member in json["refused"]?.members ?? [] {
            refused[member.key] = member.value.integer ?? 0
        }
    }
}
