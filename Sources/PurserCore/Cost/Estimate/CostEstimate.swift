/// The bill of a plan, exact to the picodollar.
package struct CostEstimate: Sendable, Equatable {
    /// One line of the bill.
    package struct Line: Sendable, Equatable {
        package var name: String
        /// Millionths of a unit.
        package var quantity: Int128
        package var unit: String
        package var unitPrice: Picodollars
        /// How many units the price is stated for: 1,000,000 tokens.
        package var statedUnits: Int
        /// Below zero for an amount that is free.
        package var amount: Picodollars
        /// Where the price is from.
        package var source: String
        package var retrieved: Timestamp
        package var status: Price.Status
        /// How the command includes the line; nil for a line of every plan.
        package var option: String?
    }

    package let plan: CostPlan
    package let price: Price
    package let asOf: Timestamp
    /// What the bill has; an amount that is free has a line of its own, below what it is taken off.
    package let lines: [Line]
    /// Lines that the plan could include.
    package let excluded: [Line]
    /// Services of which no row applies on the day: they are not in the bill.
    package let unpriced: [String]
    /// What the bill is if the quota refuses all requests above it.
    package let cappedTotal: Picodollars

    package var total: Picodollars { lines.reduce(.zero) { $0 + $1.amount } }

    /// Computes the bill of a plan at the prices of a model and of the services of a day.
    ///
    /// Throws ``PriceError`` for a tier without a price and for a call that costs too much to be counted.
    package init(_ plan: CostPlan, at price: Price, _ services: ServicePriceList, asOf: Timestamp) throws(PriceError) {
        self.plan = plan
        self.price = price
        self.asOf = asOf
        let inputTokens = plan.inputTokens + plan.cacheReadTokens
        let rates = try price.rates(isLong: inputTokens > Price.longContextThreshold, plan.tier)
        let current = services.prices.filter { $0.isEffective(at: asOf) }
        let included = current.filter { $0.option.map(plan.options.contains) ?? true }
        func bill(_ admitted: Int) -> [Line] {
            Self.modelLines(plan, rates, price, requests: admitted)
                + included.flatMap { Self.lines(of: $0, plan, admitted: admitted) }
        }
        lines = bill(plan.requests)
        cappedTotal = bill(plan.admittedRequests).reduce(.zero) { $0 + $1.amount }
        unpriced = services.prices.map(\.name).filter { name in !current.contains { $0.name == name } }
            .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        excluded = current.filter { !($0.option.map(plan.options.contains) ?? true) }
            .flatMap { Self.lines(of: $0, plan, admitted: plan.requests) }
    }

    /// The lines of the model: one for each kind of token that the plan has.
    private static func modelLines(_ plan: CostPlan, _ rates: Price.CallRates, _ price: Price, requests: Int) -> [Line]
    {
        [
            ("input tokens", plan.inputTokens, rates.input), ("cached tokens", plan.cacheReadTokens, rates.cacheRead),
            ("output tokens", plan.outputTokens, rates.output),
        ].filter { $0.1 > 0 }.map { kind, tokens, rate in
            let quantity = Int128(tokens) * Int128(requests)
            return Line(
                name: "Model " + kind,
                quantity: quantity * 1_000_000,
                unit: "token",
                unitPrice: Picodollars(Int128(rate)),
                statedUnits: 1_000_000,
                amount: Picodollars(quantity * Int128(rate)),
                source: price.source,
                retrieved: price.retrieved,
                status: price.status,
                option: nil
            )
        }
    }

    /// The line of a row and, if the plan counts what is free, a line that takes that off.
    private static func lines(of price: ServicePrice, _ plan: CostPlan, admitted: Int) -> [Line] {
        let times =
            switch price.basis {
            case .month: 1
            case .hour: plan.days * 24
            case .user: plan.users
            case .arrival: plan.requests
            case .request: admitted
            }
        let quantity = Int128(price.quantity) * Int128(times)
        var line = Line(
            name: price.name,
            quantity: quantity,
            unit: price.unit,
            unitPrice: price.unitPrice,
            statedUnits: price.statedUnits,
            amount: amount(quantity, price.unitPrice),
            source: price.source,
            retrieved: price.retrieved,
            status: price.status,
            option: price.option
        )
        let free = min(quantity, Int128(price.free) * 1_000_000)
        guard plan.countsFreeTier, free > 0 else { return [line] }
        let whole = line
        line.name = "Free: " + price.name
        line.quantity = free
        line.amount = .zero - amount(free, price.unitPrice)
        return [whole, line]
    }

    /// What millionths of a unit cost; a part of a picodollar is rounded up.
    private static func amount(_ quantity: Int128, _ unitPrice: Picodollars) -> Picodollars {
        Picodollars((quantity * unitPrice.rawValue + 999_999) / 1_000_000)
    }
}
