/// The prices of one model id over one period: a row of the price file.
///
/// Prices are whole picodollars per token, which are millionths of a dollar per million tokens. A row is a value that
/// never changes; its ``content`` is its identity in the store.
package struct Price: Sendable, Equatable {
    /// The prices of an input token and an output token that apply under one condition.
    package struct Rates: Sendable, Equatable {
        /// Picodollars per input token.
        package let input: Int64
        /// Picodollars per output token.
        package let output: Int64
    }

    /// How far a row can be trusted.
    package enum Status: String, Sendable, CaseIterable {
        /// Compared with AWS's own page by the person who set it.
        case verified
        /// As its source lists it, and no rule contradicts it.
        case listed
        /// Corrected, or doubtful for the reason in the note.
        case unverified
    }

    /// Exactly as called, including the prefix.
    package let modelId: String
    /// The AWS Region the row is for; nil means every Region without its own row.
    package let region: String?
    /// The first moment of the period; nil means unbounded.
    package let effectiveFrom: Timestamp?
    /// The first moment after the period; nil means unbounded.
    package let effectiveTo: Timestamp?
    package let onDemand: Rates
    /// Picodollars per token read from a cache.
    package let cacheRead: Int64?
    /// Picodollars per token written to a cache that lives five minutes.
    package let cacheWrite5m: Int64?
    /// Picodollars per token written to a cache that lives an hour.
    package let cacheWrite1h: Int64?
    /// For a call with more than ``longContextThreshold`` input tokens.
    package let longContext: Rates?
    /// For calls that another tier than the standard one serves; a tier without rates has no known price.
    package let tiers: [ServiceTier: Rates]
    /// Millionths by which the contracted prices are below the listed ones; 0 without a contract.
    package let discount: Int64
    package let maxInputTokens: Int?
    package let maxOutputTokens: Int?
    /// The day on which the model stops answering.
    package let endOfLife: Timestamp?
    package let status: Status
    package let source: String
    /// The day the row was read from its source.
    package let retrieved: Timestamp
    package let note: String?
    /// The row as canonical CSV in the order of ``columns``: the same for equal prices, whatever their file looked like.
    package let content: String

    /// The columns of a price file, in the order of ``content``.
    package static let columns = PriceColumn.names

    /// A call with more input tokens than this, cached ones included, is charged at the long-context prices.
    package static let longContextThreshold = 200_000

    /// Picodollars per input token without a cache.
    package var input: Int64 { onDemand.input }

    /// Picodollars per output token.
    package var output: Int64 { onDemand.output }

    /// Returns whether the row applies at a moment.
    package func isEffective(at time: Timestamp) -> Bool {
        (effectiveFrom.map { $0 <= time } ?? true) && (effectiveTo.map { time < $0 } ?? true)
    }

    /// Creates a price from a row's values; nil if a required one is missing or wrong, in which case the row has
    /// faults.
    init?(_ row: inout PriceRow) {
        let modelId = row.modelId()
        let region = row.region()
        let (from, to) = row.period()
        let onDemand = row.rates(.input, .output)
        let (cacheRead, write5m, write1h) = (row.price(.cacheRead), row.price(.cacheWrite5m), row.price(.cacheWrite1h))
        let longContext = row.rates(.inputOver200k, .outputOver200k)
        let tiers = PriceColumn.tiers.reduce(into: [:]) { $0[$1.tier] = row.rates($1.input, $1.output) }
        let discount = row.percent(.discount)
        let (mostInput, mostOutput) = (row.count(.maxInputTokens), row.count(.maxOutputTokens))
        let endOfLife = row.day(.endOfLife)
        let (status, source, retrieved, note) = (row.status(), row.text(.source), row.day(.retrieved), row.text(.note))
        row.require(.input, .output, .source, .retrieved)
        guard row.faults.isEmpty, let onDemand, let status, let source, let retrieved else { return nil }
        self.modelId = modelId
        self.region = region
        (effectiveFrom, effectiveTo) = (from, to)
        self.onDemand = onDemand
        (self.cacheRead, cacheWrite5m, cacheWrite1h) = (cacheRead, write5m, write1h)
        (self.longContext, self.tiers, self.discount) = (longContext, tiers, discount ?? 0)
        (maxInputTokens, maxOutputTokens) = (mostInput, mostOutput)
        self.endOfLife = endOfLife
        (self.status, self.source, self.retrieved, self.note) = (status, source, retrieved, note)
        content = row.content
    }

    /// Reads a row back from its ``content``.
    ///
    /// Throws ``PriceError/unreadable(_:)`` if the text is not one whole row.
    package init(content: String) throws(PriceError) {
        let (records, faults) = CSVReader.read(content)
        let counts = PriceColumn.firstCount...PriceColumn.allCases.count
        guard faults.isEmpty, records.count == 1, let fields = records.first?.fields, counts.contains(fields.count),
            // Later columns are there only as far as one of them has a value.
            fields.count == counts.lowerBound || fields.last != ""
        else {
            throw .unreadable(
                "a price is one CSV row of \(counts.lowerBound) to \(counts.upperBound) fields, not `\(content.prefix(120))`"
            )
        }
        var row = PriceRow(fields, of: PriceColumn.allCases)
        guard let price = Price(&row) else {
            let faults = row.faults.map { "\($0.column.name): \($0.message)" }
            throw .unreadable(faults.joined(separator: "; "))
        }
        self = price
    }
}

/// Why a price row could not be used.
package enum PriceError: Error, Equatable, CustomStringConvertible {
    case negativeTokens
    /// The cost of a call does not fit in 64 bits of picodollars, which is nine million dollars.
    case tooLarge
    /// The row has no rates for the tier.
    case unknownTier(ServiceTier)
    case unreadable(String)

    package var description: String {
        switch self {
        case .negativeTokens: "a token count is negative"
        case .tooLarge: "the cost of one call is above nine million dollars"
        case .unknownTier(let tier): "its price row has no price for the tier `\(tier.rawValue)`"
        case .unreadable(let reason): "the stored price cannot be read: \(reason)"
        }
    }
}
