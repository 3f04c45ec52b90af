/// A row of a FOCUS dataset: the tokens of one kind of calls that are alike, in one day (UTC).
///
/// Source: FinOps Open Cost and Usage Specification, version 1.2.
package struct FocusCharge: Sendable, Equatable {
    /// What is measured, in the order of the rows of a call.
    package enum Meter: String, Sendable, CaseIterable {
        case input = "Input Tokens"
        case output = "Output Tokens"
        case cacheRead = "Cache Read Input Tokens"
        case cacheWrite5m = "Cache Write Input Tokens, 5 Minutes"
        case cacheWrite1h = "Cache Write Input Tokens, 1 Hour"
        /// What was charged beyond the known tokens: the holds of attempts whose usage is not known.
        case beyondTokens = "Charges Beyond Known Tokens"

        /// As an SKU names it: `cache-read-input-tokens`.
        package var skuName: String {
            rawValue.lowercased().replacing(",", with: "").replacing(" ", with: "-")
        }
    }

    /// What a price row says, as far as a row shows it; nil in a charge whose price cannot be read.
    package struct PriceNote: Sendable, Hashable {
        /// The id that the price row is for, which names the model if the call has an ARN that does not.
        package let modelId: String
        package let region: String?
        package let retrieved: Timestamp
        package let status: Price.Status
        /// The whole row.
        let content: String

        init(_ price: Price) {
            (modelId, region, retrieved) = (price.modelId, price.region, price.retrieved)
            (status, content) = (price.status, price.content)
        }
    }

    /// The start of the day.
    package var day: Timestamp
    package var model: FocusModel
    package var tier: ServiceTier
    /// Whether each call was above ``Price/longContextThreshold``.
    package var isLong: Bool
    package var meter: Meter
    package var source: CallSource
    package var caller: Caller
    package var price: PriceNote?
    package var requests: Int
    /// Tokens, or requests if the meter is ``Meter/beyondTokens``.
    package var consumed: Int
    /// In units of ``pricingUnit``.
    package var quantity: FocusDecimal
    /// Dollars a priced unit, as listed and as contracted.
    package var listUnitPrice: FocusDecimal
    package var contractedUnitPrice: FocusDecimal
    package var listCost: Picodollars
    /// What the ledger charged.
    package var cost: Picodollars
    /// Whether it corrects a month that is closed; only such a row may have a cost below zero.
    package var correctionOf: CalendarMonth?

    /// A million tokens, as in the price file, or a dollar.
    package var pricingUnit: String { meter == .beyondTokens ? "Dollars" : "1000000 Tokens" }

    package var consumedUnit: String { meter == .beyondTokens ? "Requests" : "Tokens" }

    /// The model, the tier and the kind of token, which have one price at a time in a Region.
    package var skuId: String {
        [model.name, tier.rawValue, meter.skuName].joined(separator: "/")
    }

    /// The SKU with what its price depends on: a Region, if the price row is for one, and the length of the context.
    package var skuPriceId: String {
        ([skuId] + (price?.region.map { [$0] } ?? []) + (isLong ? [Self.longContext] : [])).joined(separator: "/")
    }

    static let longContext = "long-context"

    package var region: String? { model.region ?? price?.region }

    /// Creates what was charged for tokens of one kind, at rates in picodollars a token.
    init(
        _ calls: FocusCalls,
        _ meter: Meter,
        tokens: Int,
        listRate: Int64,
        contractedRate: Int64
    ) {
        self.init(calls, meter)
        consumed = tokens
        quantity = FocusDecimal(Int128(tokens), decimals: 6)
        listUnitPrice = FocusDecimal(Int128(listRate), decimals: 6)
        contractedUnitPrice = FocusDecimal(Int128(contractedRate), decimals: 6)
        listCost = Picodollars(Int128(tokens) * Int128(listRate))
        cost = Picodollars(Int128(tokens) * Int128(contractedRate))
    }

    /// Creates what was charged beyond the known tokens: so many dollars at one dollar each.
    init(_ calls: FocusCalls, beyondTokens amount: Picodollars) {
        self.init(calls, .beyondTokens)
        requests = calls.requestsBeyondTokens
        consumed = requests
        quantity = FocusDecimal(amount.rawValue, decimals: Picodollars.decimals)
        (listUnitPrice, contractedUnitPrice) = (FocusDecimal(1, decimals: 0), FocusDecimal(1, decimals: 0))
        (listCost, cost) = (amount, amount)
    }

    private init(_ calls: FocusCalls, _ meter: Meter) {
        (day, model, tier, isLong) = (calls.key.day, calls.model, calls.key.tier, calls.key.isLong)
        (self.meter, source, caller, price) = (meter, calls.key.source, calls.caller, calls.key.price)
        (requests, consumed) = (calls.requests, 0)
        (quantity, listUnitPrice, contractedUnitPrice) = (.zero, .zero, .zero)
        (listCost, cost, correctionOf) = (.zero, .zero, calls.key.correctionOf)
    }
}
