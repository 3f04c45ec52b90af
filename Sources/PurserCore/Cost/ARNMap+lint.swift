extension ARNMap {
    /// Returns the rows that cannot be right, by ascending line: those whose model has no price in the ARN's Region,
    /// and those whose periods overlap.
    func lint(against catalog: PriceCatalog) -> [PriceLintFinding] {
        var findings: [(line: Int, finding: PriceLintFinding)] = []
        func report(_ rule: PriceLintRule, _ line: Int, _ column: ARNColumn, _ message: String) {
            let diagnostic = Diagnostic(file: "\(file):\(line)", key: column.name, message)
            findings.append((line, PriceLintFinding(rule: rule, diagnostic: diagnostic)))
        }
        let all = zip(rows, lines).map { (row: $0, line: $1) }
        for (row, line) in all {
            let region = CalledModel(row.arn).region
            let prices = catalog.rows(of: row.modelId)
            let usable = prices.filter { $0.region == nil || $0.region == region }
            let regions = Set(prices.compactMap(\.region)).sorted().joined(separator: ", ")
            if prices.isEmpty {
                let similar = catalog.closestModelIds(to: row.modelId).joined(separator: ", ")
                let advice = similar.isEmpty ? "" : " (similar: \(similar))"
                report(.unknownModel, line, .modelId, "there is no price row for \(row.modelId)\(advice)")
            } else if usable.isEmpty {
                let place = region.map { "in \($0), the Region of the ARN" } ?? "outside a Region"
                report(.unknownModel, line, .modelId, "\(row.modelId) has no price \(place), only in \(regions)")
            } else if !usable.contains(where: row.overlaps) {
                report(.unknownModel, line, .modelId, "\(row.modelId) has no price in the period of this row")
            }
        }
        for group in Dictionary(grouping: all, by: \.row.arn).values where group.count > 1 {
            let ascending = group.sorted { ($0.row.startMilliseconds, $0.line) < ($1.row.startMilliseconds, $1.line) }
            var last = ascending[0]
            for (row, line) in ascending.dropFirst() {
                if row.startMilliseconds < last.row.endMilliseconds {
                    report(.overlap, line, .effectiveFrom, "overlaps the period of the same ARN on line \(last.line)")
                }
                if row.endMilliseconds > last.row.endMilliseconds { last = (row, line) }
            }
        }
        return findings.sorted { $0.line < $1.line }.map(\.finding)
    }
}

extension ARNMap.Row {
    fileprivate func overlaps(_ price: Price) -> Bool {
        startMilliseconds < price.endMilliseconds && price.startMilliseconds < endMilliseconds
    }
}
