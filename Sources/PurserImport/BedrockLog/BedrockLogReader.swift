package import PurserCore

/// Reads Amazon Bedrock's model invocation logs: JSON objects with `schemaType` `ModelInvocationLog`, one per line.
///
/// A call's id, time, model, caller and token counts are read, but none of its text.
/// A line may have a log's prefix before the object.
/// https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
package struct BedrockLogReader: MetricFormatReader {
    private let prices: PriceCatalog

    package init(prices: PriceCatalog) {
        self.prices = prices
    }

    package let remembers = false
    package let isPending = false

    package func read(_ line: String, at place: String) -> LineReading {
        guard let text = LogLine.object(in: line) else { return .skipped }
        let mark = "ModelInvocationLog"
        guard text.contains(mark) else { return .skipped }
        do {
            let root = try JSONValue(parsing: text)
            guard root["schemaType"]?.string == mark else { return .skipped }
            var entry = BedrockLogEntry(root: root, place: place)
            let call = entry.call(prices)
            return entry.faults.isEmpty
                ? LineReading(calls: [call].compactMap(\.self)) : LineReading(faults: entry.faults)
        } catch {
            return LineReading(faults: [Diagnostic(file: place, "\(error)")])
        }
    }

    package func finish() -> LineReading { LineReading() }
}

/// One line of the log; a fault in it drops the call.
private struct BedrockLogEntry {
    let root: JSONValue
    let place: String
    private let names: LoggedNames
    private(set) var faults: [Diagnostic] = []

    private let tierKey = "output.outputBodyJson.serviceTier"
    private static let mostTokens = 1_000_000_000
    private static let longestText = 1024
    private static let longestLatencyMilliseconds = 86_400_000

    init(root: JSONValue, place: String) {
        self.root = root
        self.place = place
        names = LoggedNames(root["requestMetadata"])
    }

    private mutating func fault(_ key: String, _ message: String) {
        faults.append(Diagnostic(file: place, key: key, message))
    }

    mutating func call(_ prices: PriceCatalog) -> LoggedCall? {
        let requestId = text(root["requestId"], "requestId")
        let model = text(root["modelId"], "modelId")
        let time = root["timestamp"]?.string.flatMap { Timestamp(iso8601: $0) }
        if time == nil { fault("timestamp", "must be a time such as 2026-11-24T12:00:00Z") }
        let outcome = root["errorCode"]?.string ?? LoggedCall.success
        let usage = usage()
        guard faults.isEmpty, let requestId, let model, let time else { return nil }
        let region = root["region"]?.string
        guard let price = prices.price(for: model, at: time, region: region) else {
            let unpriced = prices.unpriced(model, at: time, region: region)
            let similar = prices.similar(to: unpriced)
            fault(
                "modelId",
                "\(unpriced)" + (similar.isEmpty ? "" : " (similar: \(similar.joined(separator: ", ")))")
                    + "; the call of \(time) is not entered, because unpriced does not mean free: "
                    + "add its price to the price file and import again"
            )
            return nil
        }
        do {
            let served = tierNames
            guard let tier = ServiceTier(served) else {
                let name = Self.short([served.serviceTier, served.latency].compactMap(\.self).joined(separator: ", "))
                fault(tierKey, "the call of \(time) is not entered: the tier `\(name)` of \(model) has no known price")
                return nil
            }
            return LoggedCall(
                requestId: requestId,
                ledgerRequestId: names[LoggedKey.requestId],
                time: time,
                caller: caller(),
                modelId: CalledModel(model).shortName,
                price: price,
                outcome: Self.short(outcome),
                usage: usage,
                tier: tier,
                cost: usage == TokenUsage() ? .zero : try price.cost(of: usage, tier: tier),
                latencyMilliseconds: latency()
            )
        } catch .unknownTier(let tier) {
            fault(tierKey, "the call of \(time) is not entered: \(PriceError.unknownTier(tier)), \(model)")
            return nil
        } catch {
            fault("modelId", "the call has no cost: \(error)")
            return nil
        }
    }

    private mutating func text(_ value: JSONValue?, _ key: String) -> String? {
        if let text = value?.string, MetricLimits.isText(text, longest: Self.longestText) { return text }
        fault(key, "must be a string of 1 to \(Self.longestText) characters without control characters")
        return nil
    }

    private static func short(_ text: String) -> String {
        String(text.prefix(longestText))
    }

    private mutating func count(_ value: JSONValue?, _ key: String) -> Int {
        guard let value, value != .null else { return 0 }
        if let count = value.integer, (0...Self.mostTokens).contains(count) { return count }
        fault(key, "must be a whole number from 0 to \(Self.mostTokens)")
        return 0
    }

    private mutating func usage() -> TokenUsage {
        let (input, output) = (root["input"], root["output"])
        let written = count(input?["cacheWriteInputTokenCount"], "input.cacheWriteInputTokenCount")
        // Only the response says how long cache writes live; without it, assume five minutes, Bedrock's default.
        let details = answer("usage")?["cacheDetails"]?.array ?? []
        let long = details.filter { $0["ttl"]?.string == "1h" }.map {
            count($0["inputTokens"], "output.outputBodyJson.usage.cacheDetails")
        }
        let anHour = long.reduce(0) { min($0 + $1, written) }
        return TokenUsage(
            input: count(input?["inputTokenCount"], "input.inputTokenCount"),
            output: count(output?["outputTokenCount"], "output.outputTokenCount"),
            cacheRead: count(input?["cacheReadInputTokenCount"], "input.cacheReadInputTokenCount"),
            cacheWrite5m: written - anHour,
            cacheWrite1h: anHour
        )
    }

    /// Returns a member of the response; a streamed response is an array of events, the last of which has it.
    private func answer(_ key: String) -> JSONValue? {
        guard let body = root["output"]?["outputBodyJson"] else { return nil }
        guard let events = body.array else { return body[key] }
        return events.lazy.reversed().compactMap { $0["metadata"]?[key] }.first
    }

    /// Returns the names of the tier that served the call: the answer's and, where it says nothing, those of the log or the
    /// request.
    private var tierNames: TierNames {
        let asked = TierNames(converse: root["input"]?["inputBodyJson"])
        return TierNames(answer).over(TierNames(converse: root)).over(asked)
    }

    private func latency() -> Int? {
        guard let milliseconds = answer("metrics")?["latencyMs"]?.integer,
            (0...Self.longestLatencyMilliseconds).contains(milliseconds)
        else { return nil }
        return milliseconds
    }

    /// Returns the caller: the identity, or the one in the request's own metadata.
    private func caller() -> Caller {
        let arn = root["identity"]?["arn"]?.string.map(Self.short)
        let identity = arn == "" ? nil : arn
        return Caller(
            user: names[LoggedKey.user] ?? identity,
            team: names[LoggedKey.team],
            application: names[LoggedKey.application],
            session: names[LoggedKey.session],
            tags: names.tags
        )
    }
}
