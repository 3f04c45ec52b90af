extension Price {
    /// Returns picodollars per token as dollars per million tokens, without trailing zeros: `0.06`.
    package static func dollarsPerMillion(_ price: Int64) -> String {
        var (fraction, digits) = (price % 1_000_000, 6)
        while digits > 0, fraction % 10 == 0 { (fraction, digits) = (fraction / 10, digits - 1) }
        return String(price / 1_000_000) + (digits == 0 ? "" : "." + String(fraction).leftPadded(to: digits))
    }

    /// The price of each kind of token in one call, in picodollars.
    private struct CallRates {
        var input: Int64
        var output: Int64
        var cacheRead: Int64
        var cacheWrite5m: Int64
        var cacheWrite1h: Int64
    }

    /// Returns the rates of a call with this many input tokens of all kinds, including rates for the kinds that the row
    /// does not price.
    private func rates(inputTokens: Int) throws(PriceError) -> CallRates {
        let isLong = inputTokens > Self.longContextThreshold
        let plain = isLong ? longContext ?? onDemand : onDemand
        let dearest = max(plain.input, cacheWrite5m ?? 0, cacheWrite1h ?? 0)
        var hour = cacheWrite1h ?? dearest
        if cacheWrite1h == nil, cacheWrite5m != nil {
            // A model that charges for cache writes charges twice the input price for writes that live an hour.
            let (double, overflow) = plain.input.multipliedReportingOverflow(by: 2)
            if overflow { throw .tooLarge }
            hour = max(dearest, double)
        }
        return CallRates(
            input: plain.input,
            output: plain.output,
            cacheRead: cacheRead ?? plain.input,
            cacheWrite5m: cacheWrite5m ?? dearest,
            cacheWrite1h: hour
        )
    }

    /// Returns the exact cost of one call.
    ///
    /// `input·p + cacheRead·p + cacheWrite5m·p + cacheWrite1h·p + output·p`, each at its own price. If the input tokens
    /// of all kinds exceed ``longContextThreshold`` and the row has long-context prices, those apply to plain input and
    /// to output; the cache prices stay as listed, because the source has none for long contexts.
    ///
    /// A kind without a price is not free: it is charged at an upper bound that follows from the row's own prices. This
    /// is the input price for cache reads, and the highest of the input and write prices for cache writes. If the model
    /// lists a price for five-minute writes, one-hour writes are charged at twice the input price if that is higher.
    ///
    /// Throws ``PriceError/negativeTokens`` for a count below zero and ``PriceError/tooLarge`` if the sum does not fit
    /// in 64 bits.
    package func cost(of usage: TokenUsage) throws(PriceError) -> Picodollars {
        let counts = [usage.input, usage.cacheRead, usage.cacheWrite5m, usage.cacheWrite1h]
        guard usage.output >= 0, counts.allSatisfy({ $0 >= 0 }) else { throw .negativeTokens }
        var inputTokens = 0
        for count in counts {
            let (sum, overflow) = inputTokens.addingReportingOverflow(count)
            if overflow { throw .tooLarge }
            inputTokens = sum
        }
        let rates = try rates(inputTokens: inputTokens)
        return try Self.sum([
            (usage.input, rates.input), (usage.cacheRead, rates.cacheRead), (usage.cacheWrite5m, rates.cacheWrite5m),
            (usage.cacheWrite1h, rates.cacheWrite1h), (usage.output, rates.output),
        ])
    }

    /// Returns the most that a call with at most these tokens can cost: the amount that the budget guard holds.
    ///
    /// Every input token counts at the highest rate it can be charged at: as plain input, as a cache read or, if
    /// `mayWriteCache` says that the request asks for it, as a cache write. The answer is no longer than the row's
    /// `max_output_tokens`. Throws as ``cost(of:)`` does.
    package func worstCase(
        inputTokens: Int,
        maxOutputTokens: Int,
        mayWriteCache: Bool = false
    ) throws(PriceError) -> WorstCase {
        guard inputTokens >= 0, maxOutputTokens >= 0 else { throw .negativeTokens }
        let outputTokens = min(maxOutputTokens, self.maxOutputTokens ?? maxOutputTokens)
        // A call with fewer tokens than estimated may stay below the threshold, where a row could cost more than above
        // it.
        let short = try rates(inputTokens: 0)
        let long = try rates(inputTokens: inputTokens)
        var input = max(short.input, long.input, short.cacheRead, long.cacheRead)
        if mayWriteCache {
            input = max(input, short.cacheWrite5m, long.cacheWrite5m, short.cacheWrite1h, long.cacheWrite1h)
        }
        let output = max(short.output, long.output)
        // The sum must fit as well.
        _ = try Self.sum([(inputTokens, input), (outputTokens, output)])
        return WorstCase(
            inputTokens: inputTokens,
            outputTokens: outputTokens,
            input: try Self.sum([(inputTokens, input)]),
            output: try Self.sum([(outputTokens, output)])
        )
    }

    private static func sum(_ terms: [(tokens: Int, price: Int64)]) throws(PriceError) -> Picodollars {
        var total: Int64 = 0
        for (tokens, price) in terms {
            let (product, isProductTooLarge) = Int64(tokens).multipliedReportingOverflow(by: price)
            let (sum, isSumTooLarge) = total.addingReportingOverflow(product)
            if isProductTooLarge || isSumTooLarge { throw .tooLarge }
            total = sum
        }
        return Picodollars(Int128(total))
    }
}
