extension Price {
    /// Returns picodollars per token as dollars per million tokens, without trailing zeros: `0.06`.
    package static func dollarsPerMillion(_ price: Int64) -> String {
        var (fraction, digits) = (price % 1_000_000, 6)
        while digits > 0, fraction % 10 == 0 { (fraction, digits) = (fraction / 10, digits - 1) }
        return String(price / 1_000_000) + (digits == 0 ? "" : "." + String(fraction).leftPadded(to: digits))
    }

    /// The price of each kind of token in one call, in picodollars.
    package struct CallRates: Sendable, Equatable {
        package var input: Int64
        package var output: Int64
        package var cacheRead: Int64
        package var cacheWrite5m: Int64
        package var cacheWrite1h: Int64
        /// What a token of each cached kind would cost as plain input. A kind whose own rate is assumed has that rate here, so
        /// that it counts neither as a saving nor as a loss.
        var uncachedRead: Int64
        var uncachedWrite5m: Int64
        var uncachedWrite1h: Int64

        /// Returns these rates, each changed.
        func changed(_ change: (Int64) throws(PriceError) -> Int64) throws(PriceError) -> CallRates {
            CallRates(
                input: try change(input),
                output: try change(output),
                cacheRead: try change(cacheRead),
                cacheWrite5m: try change(cacheWrite5m),
                cacheWrite1h: try change(cacheWrite1h),
                uncachedRead: try change(uncachedRead),
                uncachedWrite5m: try change(uncachedWrite5m),
                uncachedWrite1h: try change(uncachedWrite1h)
            )
        }

        /// Returns how much less the cache reads of `usage` cost than plain input.
        package func readSavings(of usage: TokenUsage) -> Picodollars {
            Picodollars(Int128(usage.cacheRead) * (Int128(uncachedRead) - Int128(cacheRead)))
        }

        /// Returns how much more the cache writes of `usage` cost than plain input.
        package func writePremium(of usage: TokenUsage) -> Picodollars {
            Picodollars(
                Int128(usage.cacheWrite5m) * (Int128(cacheWrite5m) - Int128(uncachedWrite5m))
                    + Int128(usage.cacheWrite1h) * (Int128(cacheWrite1h) - Int128(uncachedWrite1h))
            )
        }
    }

    /// Returns the contracted rates of a call: those that it is charged at.
    ///
    /// - Parameter isLong: Whether it has more than ``longContextThreshold`` input tokens of all kinds.
    package func rates(isLong: Bool, _ tier: ServiceTier) throws(PriceError) -> CallRates {
        let list = try listRates(isLong: isLong, tier)
        guard discount > 0 else { return list }
        // A part of a picodollar is rounded up.
        return try list.changed { rate throws(PriceError) in
            try Self.scaled(rate, by: 1_000_000 - discount, over: 1_000_000)
        }
    }

    /// Returns the listed rates of a call, including rates for the kinds that the row does not price.
    func listRates(isLong: Bool, _ tier: ServiceTier) throws(PriceError) -> CallRates {
        let standard = isLong ? longContext ?? onDemand : onDemand
        var (plain, read, write5m, write1h) = (standard, cacheRead, cacheWrite5m, cacheWrite1h)
        if tier != .standard {
            guard let rates = tiers[tier] else { throw .unknownTier(tier) }
            // The source has one pair of rates a tier: long contexts are dearer there by the same factor.
            plain = Rates(
                input: try Self.scaled(standard.input, by: rates.input, over: onDemand.input),
                output: try Self.scaled(standard.output, by: rates.output, over: onDemand.output)
            )
            // The source has no cache prices of tiers either. In a dearer tier they are dearer by the factor of its input; in
            // a cheaper one they stay as listed, which they do not exceed.
            func raised(_ price: Int64?) throws(PriceError) -> Int64? {
                guard let price, rates.input > onDemand.input else { return price }
                return try Self.scaled(price, by: rates.input, over: onDemand.input)
            }
            (read, write5m, write1h) = (try raised(read), try raised(write5m), try raised(write1h))
        }
        let dearest = max(plain.input, write5m ?? 0, write1h ?? 0)
        var hour = write1h ?? dearest
        if write1h == nil, write5m != nil {
            // A model that charges for cache writes charges twice the input price for writes that live an hour.
            let (double, overflow) = max(plain.input, standard.input).multipliedReportingOverflow(by: 2)
            if overflow { throw .tooLarge }
            hour = max(dearest, double)
        }
        // The source has no cache prices for long contexts and for cheaper tiers. Those that are charged there are upper bounds,
        // of which nothing follows about what a cache saved.
        let isListed = plain.input == max(onDemand.input, tiers[tier]?.input ?? 0)
        return CallRates(
            input: plain.input,
            output: plain.output,
            cacheRead: read ?? plain.input,
            cacheWrite5m: write5m ?? dearest,
            cacheWrite1h: hour,
            uncachedRead: isListed && read != nil ? plain.input : read ?? plain.input,
            uncachedWrite5m: isListed && write5m != nil ? plain.input : write5m ?? dearest,
            // Where five minutes have a price, an hour is known to cost twice the input price.
            uncachedWrite1h: isListed && (write1h ?? write5m) != nil ? plain.input : hour
        )
    }

    /// Returns a price times a fraction, rounded up.
    private static func scaled(_ price: Int64, by numerator: Int64, over denominator: Int64) throws(PriceError) -> Int64
    {
        let product = Int128(price) * Int128(numerator)
        let quotient = (product + Int128(denominator) - 1) / Int128(denominator)
        guard let scaled = Int64(exactly: quotient) else { throw .tooLarge }
        return scaled
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
    /// A discount makes each rate smaller by its percentage, rounded up to a whole picodollar a token.
    ///
    /// Throws ``PriceError/negativeTokens`` for a count below zero, ``PriceError/tooLarge`` if the sum does not fit in 64
    /// bits, and ``PriceError/unknownTier(_:)`` if the row has no rates for the tier.
    package func cost(of usage: TokenUsage, tier: ServiceTier = .standard) throws(PriceError) -> Picodollars {
        let rates = try rates(of: usage, tier)
        return try Self.sum([
            (usage.input, rates.input), (usage.cacheRead, rates.cacheRead), (usage.cacheWrite5m, rates.cacheWrite5m),
            (usage.cacheWrite1h, rates.cacheWrite1h), (usage.output, rates.output),
        ])
    }

    /// Returns how much less a call cost than it would have cost without a cache: below zero if its writes cost more than
    /// its reads saved.
    ///
    /// Tokens whose cache price is not listed, such as those of long contexts, count as neither. It is nil for a call that used
    /// no cache, or whose cost cannot be computed.
    package func cacheSavings(of usage: TokenUsage, tier: ServiceTier = .standard) -> Picodollars? {
        guard usage.cacheRead > 0 || usage.cacheWrite > 0, let rates = try? rates(of: usage, tier) else { return nil }
        return rates.readSavings(of: usage) - rates.writePremium(of: usage)
    }

    /// Returns the contracted rates that apply to all tokens of one call.
    private func rates(of usage: TokenUsage, _ tier: ServiceTier) throws(PriceError) -> CallRates {
        let counts = [usage.input, usage.cacheRead, usage.cacheWrite5m, usage.cacheWrite1h]
        guard usage.output >= 0, counts.allSatisfy({ $0 >= 0 }) else { throw .negativeTokens }
        var inputTokens = 0
        for count in counts {
            let (sum, overflow) = inputTokens.addingReportingOverflow(count)
            if overflow { throw .tooLarge }
            inputTokens = sum
        }
        return try rates(isLong: inputTokens > Self.longContextThreshold, tier)
    }

    /// Returns the most that a call with at most these tokens can cost: the amount that the budget guard holds.
    ///
    /// Every input token counts at the highest rate it can be charged at: as plain input, as a cache read or, if
    /// `mayWriteCache` says that the request asks for it, as a cache write. The standard tier may serve a call that asks
    /// for another one. The answer is no longer than the row's `max_output_tokens`. Throws as ``cost(of:tier:)`` does.
    package func worstCase(
        inputTokens: Int,
        maxOutputTokens: Int,
        mayWriteCache: Bool = false,
        tier: ServiceTier = .standard
    ) throws(PriceError) -> WorstCase {
        guard inputTokens >= 0, maxOutputTokens >= 0 else { throw .negativeTokens }
        let outputTokens = min(maxOutputTokens, self.maxOutputTokens ?? maxOutputTokens)
        // A call with fewer tokens than estimated may stay below the threshold, where a row could cost more than above
        // it.
        var (input, output): (Int64, Int64) = (0, 0)
        for tier in Set([.standard, tier]) {
            for isLong in Set([false, inputTokens > Self.longContextThreshold]) {
                let rates = try rates(isLong: isLong, tier)
                input = max(input, rates.input, rates.cacheRead)
                if mayWriteCache { input = max(input, rates.cacheWrite5m, rates.cacheWrite1h) }
                output = max(output, rates.output)
            }
        }
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
