extension Reconciliation {
    /// What the ledger's calls must be split by.
    package static let keys: [CostKey] = [.user]

    /// Compares the lines of a month with the settled calls of it.
    ///
    /// A SKU is a model, a tier, a kind of token, and whether the calls were of a global profile. The Region is a part of
    /// it for models whose Region every line and every call names; the length of the context is, for models whose bill has
    /// lines of long contexts. Where only one of the two sides knows them, they are added up.
    ///
    /// - Parameters:
    ///   - groups: The calls, split by ``keys``.
    ///   - ids: The ids of known models.
    ///
    /// Throws ``BillFault`` if an amount is too large to compare.
    package init(
        _ bill: Bill,
        _ groups: [CostGroup],
        month: CalendarMonth,
        asOf: Timestamp,
        offers: OfferMap,
        ids: [String],
        tolerance: Tolerance = .standard,
        files: [File] = []
    ) throws(BillFault) {
        self.init(month, asOf: asOf, tolerance: tolerance, files: files)
        let part = bill.months[month] ?? Bill.Month()
        let real = groups.filter { $0.source != .simulated }
        simulated = groups.filter { $0.source == .simulated }.reduce(.zero) { $0 + $1.cost }
        pricesRetrieved = real.compactMap(\.price?.retrieved).max()
        let models = BilledModels(offers, ids: Self.modelIds(real) + ids)
        var table = ReconciledTable()
        var places: [UnknownName: Int] = [:]
        for (sku, total) in part.usage {
            do {
                try table.add(try sku.meaning(models), total)
            } catch {
                if error == .tooLarge { throw error }
                try add(unknown: sku, total, because: error, &places)
            }
        }
        for group in real { table.add(group) }
        for row in try table.rows(models) { try add(row) }
        otherServices = part.otherServices
        for (kind, total) in part.other {
            otherCharges.append(Charge(kind: kind, lines: total.lines, cost: try total.cost.amount))
        }
        for (type, total) in part.unknownTypes { try add(unknownType: type, total) }
        otherCharges.sort { $0.kind < $1.kind }
        for (other, lines) in bill.months where other != month {
            otherMonths[other] = lines.lines
        }
        try add(part.principals, real)
        sort()
    }

    private static func modelIds(_ groups: [CostGroup]) -> [String] {
        Set(groups.map { FocusModel($0.modelId, pricedId: $0.price?.modelId).name }).sorted()
    }

    private mutating func add(
        unknown sku: BilledSKU,
        _ total: Bill.Total,
        because fault: BillFault,
        _ places: inout [UnknownName: Int]
    ) throws(BillFault) {
        let cost = try total.cost.amount
        let name = UnknownName(name: sku.name, reason: fault.description)
        if let index = places[name] {
            unknown[index].lines += total.lines
            unknown[index].cost += cost
            if sku.mayCountTokens { unknown[index].mayCountTokens = true }
            return
        }
        places[name] = unknown.count
        unknown.append(
            Unknown(
                name: sku.name,
                reason: fault.description,
                lines: total.lines,
                cost: cost,
                mayCountTokens: sku.mayCountTokens
            )
        )
    }

    /// Adds lines of a type that is not known, which may be usage.
    private mutating func add(unknownType type: String, _ total: Bill.Total) throws(BillFault) {
        unknown.append(
            Unknown(
                name: type,
                reason: "the type of the line is not known",
                lines: total.lines,
                cost: try total.cost.amount,
                mayCountTokens: true
            )
        )
    }

    private mutating func add(_ row: ReconciledTable.Entry) throws(BillFault) {
        var out = Row(
            sku: row.name,
            model: row.model,
            key: row.sku,
            regions: row.regions,
            billed: row.billed ?? Side(),
            recorded: row.recorded ?? Side(),
            cause: nil
        )
        switch (row.billed, row.recorded) {
        case (.some(let billed), .some(let recorded)):
            out.cause = try cause(billed, recorded)
            rows.append(out)
        case (.some(let billed), nil):
            out.cause = tolerance.allows(billed.amount, of: .zero, .zero) ? nil : .quantity
            unmatchedBilled.append(out)
        default:
            out.cause = tolerance.allows(out.recorded.amount, of: .zero, .zero) ? nil : .quantity
            unmatchedRecorded.append(out)
        }
    }

    /// Returns why two amounts differ: what the tokens that only one side has cost at the ledger's mean price is of the
    /// quantity, and the rest of the price.
    private func cause(_ billed: Side, _ recorded: Side) throws(BillFault) -> Cause? {
        let drift = billed.amount - recorded.amount
        var quantity = Picodollars.zero
        if recorded.tokens > 0 {
            let more = billed.tokens - recorded.tokens
            let (product, overflow) = more.multipliedReportingOverflow(by: recorded.amount.rawValue)
            if overflow { throw .tooLarge }
            quantity = Picodollars(try FocusDecimal(product / recorded.tokens, decimals: 0).whole(0))
        }
        let isQuantity = !tolerance.allows(quantity, of: billed.amount, recorded.amount)
        let isPrice = !tolerance.allows(drift - quantity, of: billed.amount, recorded.amount)
        if isQuantity || isPrice { return isQuantity && isPrice ? .both : isQuantity ? .quantity : .price }
        return tolerance.allows(drift, of: billed.amount, recorded.amount) ? nil : .both
    }

    private mutating func add(_ billed: [String: Bill.Total], _ groups: [CostGroup]) throws(BillFault) {
        var users: [String: Picodollars] = [:]
        for group in groups {
            if let user = group.keys.first ?? nil { users[user, default: .zero] += group.cost }
        }
        for (name, total) in billed {
            let session = name.split(separator: "/").last.map(String.init) ?? name
            let recorded = users[name.normalised] ?? users[session.normalised]
            let cost = try total.cost.amount
            principals.append(Principal(name: name, lines: total.lines, billed: cost, recorded: recorded))
        }
    }

    private mutating func sort() {
        func isBefore(_ a: Row, _ b: Row) -> Bool {
            let (first, second) = (a.drift.rawValue.magnitude, b.drift.rawValue.magnitude)
            return first == second ? a.sku < b.sku : first > second
        }
        rows.sort(by: isBefore)
        unmatchedBilled.sort(by: isBefore)
        unmatchedRecorded.sort(by: isBefore)
        unknown.sort { a, b in
            if a.cost != b.cost { return a.cost > b.cost }
            return (a.name, a.reason) < (b.name, b.reason)
        }
        principals.sort { a, b in a.billed == b.billed ? a.name < b.name : a.billed > b.billed }
    }
}

private struct UnknownName: Hashable {
    var name: String
    var reason: String
}

extension BillFault {
    static let tooLarge = BillFault("an amount is too large to compare")
}

extension FocusDecimal {
    private static let largest: Int128 = 1_000_000_000_000_000_000_000_000_000_000

    /// The amount in picodollars, rounded; throws ``BillFault/tooLarge``.
    var amount: Picodollars {
        get throws(BillFault) { Picodollars(try whole(Picodollars.decimals)) }
    }

    func whole(_ places: Int) throws(BillFault) -> Int128 {
        guard let value = rounded(to: places), value.magnitude <= Self.largest.magnitude else { throw .tooLarge }
        return value
    }
}
