/// The price rows of a file, looked up by model id and time.
package struct PriceCatalog: Sendable, Equatable {
    /// In the order of the file.
    package let prices: [Price]
    /// The file's path, for messages.
    package let file: String
    /// The models that opaque ARNs stand for.
    package let arns: ARNMap
    /// The line of each price.
    let lines: [Int]
    /// The indices in `prices` of each model id's rows, the latest period first.
    private let places: [String: [Int]]

    /// Reads a price file: a header of ``Price/columns`` in any order, then one row per model id, Region and period.
    ///
    /// Throws ``Diagnostics`` with every fault, by line and column. No part of a file with a fault is used.
    package init(csv text: String, file: String, arns: ARNMap = ARNMap()) throws {
        var table = CSVTable(text, file: file, of: PriceColumn.self)
        var prices: [Price] = []
        for record in table.records {
            var row = PriceRow(record.fields, of: table.columns)
            if let price = Price(&row) { prices.append(price) }
            for fault in row.faults { table.reject(record.line, fault.column, fault.message) }
        }
        try table.throwFaults()
        if prices.isEmpty {
            throw Diagnostics([Diagnostic(file: file, "the file has no prices; its first line must name the columns")])
        }
        // Without faults, each record is a price.
        self.init(prices: prices, lines: table.records.map(\.line), file: file, arns: arns)
    }

    private init(prices: [Price], lines: [Int], file: String, arns: ARNMap) {
        self.prices = prices
        self.lines = lines
        self.file = file
        self.arns = arns
        var places: [String: [Int]] = [:]
        for (place, price) in prices.enumerated() {
            places[price.modelId, default: []].append(place)
        }
        self.places = places.mapValues { rows in
            rows.sorted {
                let (a, b) = (prices[$0].startMilliseconds, prices[$1].startMilliseconds)
                return a == b ? $0 < $1 : a > b
            }
        }
    }

    /// Returns the price of a model, named by its id or an ARN exactly as it is called, at a moment; nil if there is
    /// none, in which case the call is unpriced (``unpriced(_:at:region:)`` says why).
    ///
    /// An ARN is looked up as it is, then in the file of ARNs, then by the id that it ends with. Its own Region takes
    /// precedence over `region`, the Region that is called. A row of the Region takes precedence over one for all
    /// Regions. If periods overlap, which the lint rejects, the later start wins.
    package func price(for name: String, at time: Timestamp, region: String? = nil) -> Price? {
        let model = CalledModel(name)
        let region = model.region ?? region
        return keys(of: model, at: time).lazy.compactMap { price(exactly: $0, at: time, region: region) }.first
    }

    /// Returns the model ids under which the rows of a model may be, in the order of precedence.
    func keys(of model: CalledModel, at time: Timestamp) -> [String] {
        if model.name == model.modelId { return [model.name] }
        return [model.name, arns.modelId(for: model.name, at: time), model.modelId].compactMap(\.self)
    }

    private func price(exactly modelId: String, at time: Timestamp, region: String?) -> Price? {
        guard let rows = places[modelId] else { return nil }
        func row(in region: String?) -> Price? {
            rows.first { prices[$0].region == region && prices[$0].isEffective(at: time) }.map { prices[$0] }
        }
        return region.flatMap { row(in: $0) } ?? row(in: nil)
    }

    /// Returns the rows of a model id, for every Region and period.
    func rows(of modelId: String) -> [Price] {
        (places[modelId] ?? []).map { prices[$0] }
    }

    /// Returns up to three model ids of the catalogue that resemble an unknown one, the closest first, for the error
    /// message.
    ///
    /// For an ARN, the part after the last slash is compared.
    package func closestModelIds(to modelId: String) -> [String] {
        guard modelId.utf8.count <= 2048 else { return [] }
        let wanted = modelId.split(separator: "/").last.map { $0.lowercased() } ?? ""
        let pairs = PairCounts(wanted)
        let candidates = places.keys.filter { $0 != modelId }.map {
            (id: $0, likeness: pairs.likeness(to: PairCounts($0)))
        }
        return candidates.filter { $0.likeness >= 0.4 || (wanted.count > 2 && $0.id.contains(wanted)) }
            .sorted {
                $0.likeness == $1.likeness ? ($0.id.count, $0.id) < ($1.id.count, $1.id) : $0.likeness > $1.likeness
            }
            .prefix(3)
            .map(\.id)
    }
}

extension Price {
    /// The start of the period, for ordering: unbounded is before everything.
    var startMilliseconds: Int64 { effectiveFrom?.milliseconds ?? .min }

    /// The end of the period, for ordering: unbounded is after everything.
    var endMilliseconds: Int64 { effectiveTo?.milliseconds ?? .max }
}

/// How often each pair of neighbouring bytes occurs in a text, ignoring case.
private struct PairCounts {
    private var counts: [UInt16: Int] = [:]
    private var total = 0

    init(_ text: String) {
        let bytes = Array(text.lowercased().utf8)
        for (a, b) in zip(bytes, bytes.dropFirst()) {
            counts[UInt16(a) << 8 | UInt16(b), default: 0] += 1
            total += 1
        }
    }

    /// Returns Dice's coefficient: the share of the pairs of both texts that they have in common, 0 to 1.
    func likeness(to other: PairCounts) -> Double {
        guard total + other.total > 0 else { return 0 }
        let common = counts.reduce(0) { $0 + min($1.value, other.counts[$1.key] ?? 0) }
        return Double(2 * common) / Double(total + other.total)
    }
}
