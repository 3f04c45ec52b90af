extension Price {
    /// Picodollars a token as dollars a million tokens, without zeros at the end: `0.06`.
    public static func dollarsPerMillion(_ price: Int64) -> String {
        var (fraction, digits) = (price % 1_000_000, 6)
        while digits > 0, fraction % 10 == 0 { (fraction, digits) = (fraction / 10, digits - 1) }
        return String(price / 1_000_000) + (digits == 0 ? "" : "." + String(fraction).leftPadded(to: digits))
    }

    /// What each kind of token costs in one call, in picodollars.
    private struct CallRates {
        var input: Int64
        var output: Int64
        var cacheRead: Int64
        var cacheWrite5m: Int64
        var cacheWrite1h: Int64
    }

    /// The rates of a call by its input tokens of all kinds, with a rate for each kind that the row does not price.
    private func rates(inputTokens: Int) throws(PriceError) -> CallRates {
        let isLong = inputTokens > Self.longContextThreshold
        let plain = isLong ? longContext ?? onDemand : onDemand
        let dearest = max(plain.input, cacheWrite5m ?? 0, cacheWrite1h ?? 0)
        var hour = cacheWrite1h ?? dearest
        if cacheWrite1h == nil, cacheWrite5m != nil {
            // A model that charges for writes charges twice the input price for an hour of them.
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

    /// What one call cost, exactly.
    ///
    /// `input·p + cacheRead·p + cacheWrite5m·p + cacheWrite1h·p + output·p`, each at its own price. Where the input
    /// tokens of all kinds exceed ``longContextThreshold`` and the row has long-context prices, those hold for plain input
    /// and for output; the cache prices stay as listed, because the source has none for long contexts.
    ///
    /// A kind without a price is charged at an upper bound from the row's own prices, never at nothing: cache reads at
    /// the input price; writes at the highest of the input and the write prices; writes for an hour, of a model that
    /// lists a price for five minutes, at twice the input price if that is higher.
    ///
    /// Throws ``PriceError/negativeTokens`` for a count below zero and ``PriceError/tooLarge`` where the sum does not fit
    /// 64 bits.
    public func cost(of usage: TokenUsage) throws(PriceError) -> Picodollars {
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

    /// The most that a call can cost which has no more tokens than these: what the budget guard holds.
    ///
    /// Every input token counts at the dearest rate it can be charged at: plain, or read from a cache, or, where
    /// `mayWriteCache` says that the request asks for it, written to one. Throws as ``cost(of:)`` does.
    public func worstCase(
        inputTokens: Int,
        maxOutputTokens: Int,
        mayWriteCache: Bool = false
    ) throws(PriceError) -> Picodollars {
        guard inputTokens >= 0, maxOutputTokens >= 0 else { throw .negativeTokens }
        // Fewer tokens than estimated may stay below the threshold, where a row could be dearer than above it.
        let short = try rates(inputTokens: 0)
        let long = try rates(inputTokens: inputTokens)
        var input = max(short.input, long.input, short.cacheRead, long.cacheRead)
        if mayWriteCache {
            input = max(input, short.cacheWrite5m, long.cacheWrite5m, short.cacheWrite1h, long.cacheWrite1h)
        }
        return try Self.sum([(inputTokens, input), (maxOutputTokens, max(short.output, long.output))])
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
