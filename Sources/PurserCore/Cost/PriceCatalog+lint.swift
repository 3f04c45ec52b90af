extension PriceCatalog {
    /// Checks every row against the rules for how Bedrock prices relate to each other; returns the findings by
    /// ascending line, and then those about the file of ARNs.
    ///
    /// `asOf` is the day as of which rows are checked for staleness, and models for their end of life. The findings are
    /// about the figures: a file that cannot be read at all fails in ``init(csv:file:)``.
    package func lint(asOf: Timestamp) -> [PriceLintFinding] {
        var lint = PriceLint(catalog: self, asOf: asOf)
        for (price, line) in zip(prices, lines) {
            lint.checkRow(price, line)
        }
        lint.checkGeographies()
        lint.checkPeriods()
        lint.checkOutliers()
        lint.checkAge()
        let findings = lint.findings.sorted { $0.line < $1.line }.map(\.finding)
        return findings + arns.lint(against: self)
    }
}

extension Price {
    /// The geographies that cross-Region inference profiles are named after.
    static let geographies: Set<String> = ["apac", "au", "ca", "eu", "global", "in", "jp", "us", "us-gov"]

    /// The geography of an inference profile's id; nil for a bare model id.
    ///
    /// Only for comparing rows: a call is charged at the price of its whole id.
    var geography: String? {
        guard let first = modelId.split(separator: ".").first.map(String.init), Self.geographies.contains(first) else {
            return nil
        }
        return first
    }

    /// The id without a profile's geography, only for comparing rows.
    var bareModelId: String {
        geography.map { String(modelId.dropFirst($0.count + 1)) } ?? modelId
    }

    /// The id's words without numbers, versions and dates: `anthropic.claude-haiku`.
    var family: String {
        let parts = bareModelId.split(separator: ".", maxSplits: 1)
        let words = (parts.last ?? "").split { "-.:_".contains($0) }.filter { word in !word.contains { $0.isNumber } }
        return (parts.first ?? "") + "." + words.joined(separator: "-")
    }

    fileprivate var isClaude: Bool { bareModelId.hasPrefix("anthropic.claude") }

    fileprivate func overlaps(_ other: Price) -> Bool {
        startMilliseconds < other.endMilliseconds && other.startMilliseconds < endMilliseconds
    }
}

/// One run of the rules.
private struct PriceLint {
    let catalog: PriceCatalog
    let asOf: Timestamp
    private(set) var findings: [(line: Int, finding: PriceLintFinding)] = []

    init(catalog: PriceCatalog, asOf: Timestamp) {
        self.catalog = catalog
        self.asOf = asOf
    }

    private mutating func report(_ rule: PriceLintRule, _ line: Int, _ column: PriceColumn, _ message: String) {
        let diagnostic = Diagnostic(file: "\(catalog.file):\(line)", key: column.name, message)
        findings.append((line, PriceLintFinding(rule: rule, diagnostic: diagnostic)))
    }

    private func text(_ price: Int64) -> String {
        Price.dollarsPerMillion(price)
    }

    // One row.

    mutating func checkRow(_ price: Price, _ line: Int) {
        if price.output < price.input {
            let message = "\(text(price.output)) is below the input price, \(text(price.input))"
            report(.outputBelowInput, line, .output, message)
        }
        if let cacheRead = price.cacheRead, cacheRead > price.input {
            let message = "\(text(cacheRead)) is above the input price, \(text(price.input))"
            report(.cacheReadAboveInput, line, .cacheRead, message)
        }
        if price.isClaude {
            checkWrite(price.cacheWrite5m, quarters: 5, "1.25 times", price, line, .cacheWrite5m)
            checkWrite(price.cacheWrite1h, quarters: 8, "twice", price, line, .cacheWrite1h)
        }
        for (tier, input, output) in PriceColumn.tiers {
            guard let rates = price.tiers[tier] else { continue }
            switch tier {
            case .batch, .flex: checkTier(rates, quarters: 2, "half", price, line, (input, output))
            case .priority: checkTier(rates, quarters: 7, "1.75 times", price, line, (input, output))
            case .optimized, .standard:
                checkNotBelow(rates.input, price.input, .tierRatio, line, input)
                checkNotBelow(rates.output, price.output, .tierRatio, line, output)
            }
        }
        if let long = price.longContext {
            checkNotBelow(long.input, price.input, .longContext, line, .inputOver200k)
            checkNotBelow(long.output, price.output, .longContext, line, .outputOver200k)
        }
        let called = CalledModel(price.modelId)
        if let region = price.region, let own = called.region, region != own {
            report(
                .arnRegion,
                line,
                .region,
                "\(region) is not the Region of the ARN, \(own), so the row never applies"
            )
        }
        // A row whose period is over is not checked further: its model may no longer answer.
        guard asOf.milliseconds < price.endMilliseconds else { return }
        if let endOfLife = price.endOfLife, endOfLife <= asOf {
            report(.endOfLife, line, .endOfLife, "\(price.modelId) reached its end of life on \(endOfLife.date)")
        }
        if price.status == .unverified {
            report(
                .unverified,
                line,
                .status,
                "\(price.modelId) is unverified: \(price.note ?? "the note does not say why")"
            )
        }
    }

    private mutating func checkWrite(
        _ write: Int64?,
        quarters: Int64,
        _ ratio: String,
        _ price: Price,
        _ line: Int,
        _ column: PriceColumn
    ) {
        guard let write, write * 4 != price.input * quarters else { return }
        report(.claudeCacheWrite, line, column, "\(text(write)) is not \(ratio) the input price, \(text(price.input))")
    }

    private mutating func checkTier(
        _ rates: Price.Rates,
        quarters: Int64,
        _ ratio: String,
        _ price: Price,
        _ line: Int,
        _ columns: (PriceColumn, PriceColumn)
    ) {
        for (rate, plain, column) in [(rates.input, price.input, columns.0), (rates.output, price.output, columns.1)] {
            // A figure in whole cents was rounded, and may be half a cent off.
            let cent: Int64 = 10_000
            let tolerance = rate % cent == 0 ? cent / 2 : 0
            if abs(rate * 4 - plain * quarters) > tolerance * 4 {
                report(.tierRatio, line, column, "\(text(rate)) is not \(ratio) the plain price, \(text(plain))")
            }
        }
    }

    private mutating func checkNotBelow(
        _ price: Int64,
        _ plain: Int64,
        _ rule: PriceLintRule,
        _ line: Int,
        _ column: PriceColumn
    ) {
        guard price < plain else { return }
        report(rule, line, column, "\(text(price)) is below the plain price, \(text(plain))")
    }

    // Rows against each other.

    private typealias Row = (price: Price, line: Int)

    private func groups(by key: (Price) -> String) -> [[Row]] {
        let rows = zip(catalog.prices, catalog.lines).map { (price: $0, line: $1) }
        return Array(Dictionary(grouping: rows) { key($0.price) }.values)
    }

    mutating func checkGeographies() {
        for group in groups(by: { $0.bareModelId + " " + ($0.region ?? "") }) where group.count > 1 {
            for row in group {
                for other in group where other.price.modelId != row.price.modelId && other.price.overlaps(row.price) {
                    compare(row, with: other.price, hasBare: group.contains { $0.price.geography == nil })
                }
            }
        }
    }

    /// Compares a row with another profile of its model; each pair is compared in both directions.
    private mutating func compare(_ row: Row, with other: Price, hasBare: Bool) {
        let (price, line) = row
        let columns: [(PriceColumn, Int64, Int64)] = [
            (.input, price.input, other.input), (.output, price.output, other.output),
        ]
        for (column, mine, theirs) in columns {
            func message(_ relation: String) -> String {
                "\(text(mine)) is \(relation), \(text(theirs)) of \(other.modelId)"
            }
            let isReference = other.geography == nil || (other.geography == "global" && !hasBare)
            if other.geography == "global", mine < theirs {
                report(.geography, line, column, message("below the global price"))
            } else if price.geography == nil, other.geography == "us", mine < theirs {
                report(.inRegion, line, column, message("below the price of the us. profile"))
            } else if price.geography != nil, price.geography != "global", isReference {
                if mine < theirs { report(.geography, line, column, message("below the price")) }
                if mine * 100 > theirs * 143 {
                    report(.geography, line, column, message("more than 1.43 times the price"))
                }
            }
        }
    }

    mutating func checkPeriods() {
        for group in groups(by: { $0.modelId + " " + ($0.region ?? "") }) where group.count > 1 {
            let rows = group.sorted { ($0.price.startMilliseconds, $0.line) < ($1.price.startMilliseconds, $1.line) }
            var last = rows[0]
            for row in rows.dropFirst() {
                let (price, line) = row
                if price.startMilliseconds < last.price.endMilliseconds {
                    let message = "overlaps the period of \(price.modelId) on line \(last.line)"
                    report(.overlap, line, .effectiveFrom, message)
                } else if let from = price.effectiveFrom, let to = last.price.effectiveTo, to < from {
                    report(.gap, line, .effectiveFrom, "\(price.modelId) has no price from \(to.date) to \(from.date)")
                }
                if price.endMilliseconds > last.price.endMilliseconds { last = row }
            }
        }
    }

    mutating func checkOutliers() {
        let current = groups { "\($0.family) \($0.geography ?? "") \($0.region ?? "")" }
        for group in current.map({ $0.filter { $0.price.isEffective(at: asOf) } }) {
            let ascending = group.sorted { $0.price.input < $1.price.input }
            // One other model is not enough: a new generation may well cost five times as much as the previous one.
            guard Set(group.map(\.price.modelId)).count > 2, let cheapest = ascending.first,
                let next = ascending.first(where: { $0.price.modelId != cheapest.price.modelId }),
                // A row that is already marked as doubtful needs no second finding.
                cheapest.price.status != .unverified, cheapest.price.input * 5 < next.price.input
            else { continue }
            let message =
                "\(text(cheapest.price.input)) is less than a fifth of every other \(cheapest.price.family);"
                + " the next is \(text(next.price.input)) of \(next.price.modelId)"
            report(.outlier, cheapest.line, .input, message)
        }
    }

    mutating func checkAge() {
        let most: Int64 = 90
        for group in groups(by: { $0.retrieved.date }) {
            let current = group.filter { asOf.milliseconds < $0.price.endMilliseconds }
            guard let first = current.min(by: { $0.line < $1.line }) else { continue }
            let days = (asOf - first.price.retrieved) / 86_400_000
            guard days > most else { continue }
            let rows = current.count == 1 ? "one row was" : "\(current.count) rows were"
            let message =
                "\(rows) read on \(first.price.retrieved.date), \(days) days ago; "
                + "compare with AWS's page every \(most) days"
            report(.stale, first.line, .retrieved, message)
        }
    }
}
