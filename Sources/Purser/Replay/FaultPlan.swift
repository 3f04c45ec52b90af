package import ChatService
import PurserCore

/// Faults that a replay or a demonstration injects into the embedded model.
package struct FaultPlan: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case error(ModelError.Name)
        /// Answers take this many times as long.
        case slow(Double)
    }

    package var kind: Kind
    /// The share of attempts that it affects, above 0 and at most 1.
    package var rate: Double
    /// Seconds after the start of the traffic; nil means all of it.
    package var window: Range<Int>?

    package init(kind: Kind, rate: Double, window: Range<Int>?) {
        self.kind = kind
        self.rate = rate
        self.window = window
    }

    /// The syntax that ``init(_:)`` reads, for error messages.
    package static let syntax =
        "KIND:VALUE[@START+LENGTH]: KIND is throttling, server-error, unavailable, timeout, denied (VALUE: the share of "
        + "attempts, 0.3 or 30%) or slow (VALUE: how many times as long, 4); START and LENGTH are durations like 20m"

    /// Reads `throttling:0.3@20m+10m` or `slow:4`; nil for anything else.
    package init?(_ text: String) {
        let halves = text.split(separator: "@", omittingEmptySubsequences: false)
        let parts = halves[0].split(separator: ":", omittingEmptySubsequences: false)
        guard halves.count <= 2, parts.count == 2 else { return nil }
        if halves.count == 2 {
            let bounds = halves[1].split(separator: "+", omittingEmptySubsequences: false)
            guard bounds.count == 2, let start = Self.seconds(bounds[0]), let length = Self.seconds(bounds[1]),
                length > 0
            else { return nil }
            window = start..<(start + length)
        } else {
            window = nil
        }
        if parts[0] == "slow" {
            guard let factor = Double(parts[1]), factor > 0, factor <= 1000 else { return nil }
            kind = .slow(factor)
            rate = 1
            return
        }
        guard let name = Self.names[String(parts[0])], let share = Self.share(parts[1]) else { return nil }
        kind = .error(name)
        rate = share
    }

    private static let names: [String: ModelError.Name] = [
        "throttling": .throttling,
        "server-error": .internalServer,
        "unavailable": .serviceUnavailable,
        "timeout": .timeout,
        "denied": .accessDenied,
    ]

    private static func share(_ text: Substring) -> Double? {
        let value = text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
        return value.flatMap { $0 > 0 && $0 <= 1 ? $0 : nil }
    }

    private static func seconds(_ text: Substring) -> Int? {
        let factors: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let last = text.last, let factor = factors[last], let value = Int(text.dropLast()), value >= 0,
            value <= 1_000_000
        else { return nil }
        return value * factor
    }

    func isActive(atOffset nanoseconds: Int64) -> Bool {
        guard let window else { return true }
        return window.contains(Int(nanoseconds / 1_000_000_000))
    }
}
