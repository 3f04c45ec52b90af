package import ChatService
import PurserAWS
package import PurserCore
package import PurserStore

/// A replay of recorded traffic through the chat service, with the embedded model on a virtual clock.
///
/// The same file, model and start result in the same request ids and the same writer, so a second replay finds what the
/// first one stored and changes nothing.
package struct Replay {
    package var trace: TrafficTrace
    /// The SHA-256 of the trace file, in hex.
    package var digest: String
    package var modelId: String
    /// The time that the first row is moved to.
    package var start: Timestamp
    package var team: String?
    package var configuration: ChatConfiguration
    package var faults: [FaultPlan]
    /// The text of the faults, to recognise the same replay.
    package var faultTexts: [String]
    /// Whether every limit is lifted: length, tokens, throttle, quota and budget.
    package var liftsLimits: Bool

    package init(
        trace: TrafficTrace,
        digest: String,
        modelId: String,
        start: Timestamp,
        team: String?,
        configuration: ChatConfiguration,
        faults: [(text: String, plan: FaultPlan)],
        liftsLimits: Bool
    ) {
        self.trace = trace
        self.digest = digest
        self.modelId = modelId
        self.start = start
        self.team = team
        self.configuration = liftsLimits ? configuration.withoutLimits : configuration
        self.configuration.modelId = modelId
        self.faults = faults.map(\.plan)
        faultTexts = faults.map(\.text)
        self.liftsLimits = liftsLimits
    }

    /// The result of a replay.
    package struct Result: Sendable, Equatable {
        package var tally: TrafficTally
        /// False if everything was already stored, so nothing was changed.
        package var isNew: Bool
        /// The times of the first and the last row, on the virtual clock.
        package var from: Timestamp
        package var to: Timestamp
    }

    /// Runs the replay; calls `progress` after every commit with the number of rows started.
    ///
    /// Throws ``TrafficError`` or `StoreError`; earlier commits stay, and the same replay continues from there.
    package func run(
        in store: Store,
        prices: PriceBook,
        progress: @escaping (Int) -> Void = { _ in }
    ) throws -> Result {
        let identity = [digest, modelId, start.description].joined(separator: "|")
        let calls = trace.rows.enumerated().map { index, row in
            TrafficCall(
                offset: row.offset,
                requestId: RequestIdentity.make(identity + "|" + String(index)),
                modelId: modelId,
                caller: Caller(team: team),
                inputTokens: row.inputTokens,
                outputTokens: row.outputTokens
            )
        }
        let run = TrafficRun(
            writer: "replay/" + RequestIdentity.make(identity),
            start: start,
            calls: calls,
            configuration: configuration,
            faults: faults,
            seed: 1,
            options: options(prices),
            liftsLimits: liftsLimits,
            progress: progress
        )
        let (tally, isNew) = try run.run(in: store, prices: prices)
        let last = Int((trace.rows.last?.offset ?? 0) / 1_000_000_000)
        return Result(tally: tally, isNew: isNew, from: start, to: start + last)
    }

    /// Returns what the result depends on in addition to the identity, including the price, because another price
    /// results in a different ledger.
    private func options(_ prices: PriceBook) -> String {
        var parts = [liftsLimits ? "no limits" : "limits"]
        if !liftsLimits {
            parts.append("characters \(configuration.maxCharacters.map(String.init) ?? "any")")
            parts.append("tokens \(configuration.maxTokens)")
            parts.append("quota \(configuration.quota.map(String.init) ?? "any")")
            parts.append("budget \(configuration.budget?.description ?? "any")")
            parts.append(
                "rate " + (configuration.throttle.map { "\($0.burst)/\($0.perSecond)" } ?? "any")
            )
        }
        parts.append("prompt of \(configuration.systemPrompt.utf8.count) bytes")
        parts.append("team \(team ?? "none")")
        if let price = try? prices.price(for: modelId, at: start) {
            let rates = [price.input, price.output].map(Price.dollarsPerMillion)
            parts.append("price " + rates.joined(separator: "/"))
        }
        parts += faultTexts.map { "fault " + $0 }
        return parts.joined(separator: ", ")
    }
}

/// Ids that are derived from the things that they identify.
enum RequestIdentity {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// Returns 26 characters of Crockford's base 32 from a text's SHA-256, in the form of the ids that services log.
    static func make(_ text: String) -> String {
        let digest = SHA256.digest(Array(text.utf8))
        var bits: UInt128 = digest.prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
        var characters: [UInt8] = []
        for _ in 0..<26 {
            characters.append(alphabet[Int(bits & 31)])
            bits >>= 5
        }
        return String(decoding: characters.reversed(), as: UTF8.self)
    }
}
