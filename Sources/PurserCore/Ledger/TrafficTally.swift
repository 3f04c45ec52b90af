/// The outcomes of the calls of a replay or a demonstration.
public struct TrafficTally: Sendable, Equatable {
    public var answered = 0
    public var failed = 0
    /// By the refusal's code.
    public var refused: [String: Int] = [:]
    /// Already in the ledger, under the same id.
    public var known = 0
    public var retries = 0
    public var inputTokens = 0
    public var outputTokens = 0
    public var cost = Picodollars.zero

    public init() {}

    public var requests: Int {
        answered + failed + known + refusedTotal
    }

    public var refusedTotal: Int {
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

    /// The members of the JSON result; money has all its digits.
    public var json: [JSONValue.Member] {
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
