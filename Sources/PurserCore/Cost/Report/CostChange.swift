/// Why one period cost more or less than another, in three parts that add up to the difference.
///
/// A cell is a model, a tier, whether the call is a long one with prices of its own, and a kind of token; `Q` and `P` are
/// its tokens and their mean price, 0 is the earlier period: volume is `(Q1 - Q0)·P0` of the whole, mix the sum of `(q1 - q0·Q1/Q0)·p0` over the cells, and price the sum of
/// `q1·(p1 - p0)`. A cell that is new has the price that it has now, so it counts as mix.
package struct CostChange: Sendable, Equatable {
    /// The difference of the two costs.
    package var total: Picodollars
    /// More or fewer tokens.
    package var volume: Picodollars
    /// Other prices of the same tokens, and more or less charged beyond the known tokens.
    package var price: Picodollars
    /// Tokens of other models, tiers and kinds.
    package var mix: Picodollars

    package init(total: Picodollars, volume: Picodollars, price: Picodollars, mix: Picodollars) {
        self.total = total
        self.volume = volume
        self.price = price
        self.mix = mix
    }

    private struct Cell: Hashable {
        var modelId: String
        var tier: ServiceTier
        var isLong: Bool
        var kind: Int
    }

    private struct Sum {
        var tokens: Int128 = 0
        var cost: Int128 = 0
    }

    /// Returns the change between two periods; nil if the earlier one has no tokens to compare with.
    package init?(from before: [CostGroup], to after: [CostGroup]) {
        let (old, new) = (Self.cells(before), Self.cells(after))
        let (oldTokens, newTokens) = (Self.tokens(old), Self.tokens(new))
        guard oldTokens > 0 else { return nil }
        let oldCost = old.values.reduce(0) { $0 + $1.cost }
        // The part of the new cost that the new tokens had at the old prices, and that of new cells.
        var (atOldPrices, priceChange) = (Fraction(), Fraction())
        for (cell, sum) in new {
            guard let earlier = old[cell], earlier.tokens > 0 else {
                atOldPrices.add(sum.cost)
                continue
            }
            atOldPrices.add(sum.tokens * earlier.cost, over: earlier.tokens)
            priceChange.add(sum.cost)
            priceChange.add(-sum.tokens * earlier.cost, over: earlier.tokens)
        }
        var volume = Fraction()
        volume.add((newTokens - oldTokens) * oldCost, over: oldTokens)
        var mix = atOldPrices
        mix.add(-newTokens * oldCost, over: oldTokens)
        let beyond = Self.beyond(after) - Self.beyond(before)
        let parts = Fraction.roundedAddingUp([volume, priceChange, mix])
        self.init(
            total: Picodollars(parts.reduce(0, +)) + beyond,
            volume: Picodollars(parts[0]),
            price: Picodollars(parts[1]) + beyond,
            mix: Picodollars(parts[2])
        )
    }

    private static func cells(_ groups: [CostGroup]) -> [Cell: Sum] {
        var cells: [Cell: Sum] = [:]
        for group in groups {
            let (usage, amounts) = (group.usage, group.amounts)
            // An ARN may stand for one model in the earlier period and for another one in the later.
            let modelId = CalledModel(group.modelId).id(pricedAs: group.price?.modelId)
            let kinds = [
                (usage.input, amounts.input), (usage.output, amounts.output), (usage.cacheRead, amounts.cacheRead),
                (usage.cacheWrite5m, amounts.cacheWrite5m), (usage.cacheWrite1h, amounts.cacheWrite1h),
            ]
            for (kind, (tokens, cost)) in kinds.enumerated() where tokens > 0 {
                let cell = Cell(modelId: modelId, tier: group.tier, isLong: group.isLong, kind: kind)
                cells[cell, default: Sum()].tokens += Int128(tokens)
                cells[cell, default: Sum()].cost += cost.rawValue
            }
        }
        return cells
    }

    private static func tokens(_ cells: [Cell: Sum]) -> Int128 {
        cells.values.reduce(0) { $0 + $1.tokens }
    }

    private static func beyond(_ groups: [CostGroup]) -> Picodollars {
        groups.reduce(.zero) { $0 + $1.beyondTokens }
    }
}

/// A sum of fractions: a whole number, and a part of one in steps so small that no sum of a report comes near one.
private struct Fraction {
    private var whole: Int128 = 0
    /// In units of 2^-60, from 0 up to one.
    private var part: UInt64 = 0

    private static let bits = 60
    private static let one: UInt64 = 1 << bits
    /// A part this close to a whole number is one: a sum of parts that were rounded down.
    private static let nearOne = one - (1 << 20)

    mutating func add(_ numerator: Int128, over denominator: Int128 = 1) {
        let quotient = numerator.flooredQuotient(denominator)
        // A count of tokens has far fewer than 67 bits.
        let share = ((numerator - quotient * denominator) << Self.bits) / denominator
        whole += quotient
        part += UInt64(share)
        if part >= Self.one {
            part -= Self.one
            whole += 1
        }
    }

    /// Returns whole numbers for fractions that add up to a whole number: each is rounded down, and those with the largest
    /// parts get what was lost; ties go to the earlier one.
    static func roundedAddingUp(_ fractions: [Fraction]) -> [Int128] {
        let exact = fractions.map(\.nearest)
        var rows = exact.map(\.whole)
        let parts = exact.map(\.part)
        let lost = (parts.reduce(0.0) { $0 + Double($1) } / Double(one)).rounded()
        let order = parts.indices.sorted { (a: Int, b: Int) in parts[a] == parts[b] ? a < b : parts[a] > parts[b] }
        for index in order.prefix(Int(lost)) { rows[index] += 1 }
        return rows
    }

    /// The next whole number if this is as close to it as its steps allow, otherwise itself.
    private var nearest: Fraction {
        part >= Self.nearOne ? Fraction(whole: whole + 1, part: 0) : self
    }
}
