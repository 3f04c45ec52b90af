/// The price rows of a file, looked up by model id and time.
package struct PriceCatalog: Sendable, Equatable {
    /// In the order of the file.
    package let prices: [Price]
    /// The file's path, for messages.
    package let file: String
    /// The line of each price.
    let lines: [Int]
    /// The indices in `prices` of each model id's rows, the latest period first.
    private let places: [String: [Int]]

    /// Reads a price file: a header of ``Price/columns`` in any order, then one row per model id, Region and period.
    ///
    /// Throws ``Diagnostics`` with every fault, by line and column. No part of a file with a fault is used.
    package init(csv text: String, file: String) throws {
        let (records, faults) = CSVReader.read(text)
        var problems = faults.map {
            (line: $0.line, column: -1, fault: Diagnostic(file: "\(file):\($0.line)", $0.message))
        }
        var prices: [Price] = []
        var lines: [Int] = []
        // Without a readable header line, the rows below it cannot be checked.
        let isHeaderFaulty = (faults.first?.line ?? .max) < (records.first?.line ?? 0)
        if let header = records.first, !isHeaderFaulty {
            let (columns, wrong) = Self.columns(header, file: file)
            problems += wrong.map { (header.line, -1, $0) }
            for record in records.dropFirst() where wrong.isEmpty {
                guard record.fields.count == columns.count else {
                    let message = "\(record.fields.count) fields, but the header has \(columns.count)"
                    problems.append((record.line, -1, Diagnostic(file: "\(file):\(record.line)", message)))
                    continue
                }
                var row = PriceRow(record.fields, of: columns)
                if let price = Price(&row) {
                    prices.append(price)
                    lines.append(record.line)
                }
                problems += row.faults.map {
                    let fault = Diagnostic(file: "\(file):\(record.line)", key: $0.column.name, $0.message)
                    return (record.line, $0.column.rawValue, fault)
                }
            }
        }
        if problems.isEmpty, prices.isEmpty {
            throw Diagnostics([Diagnostic(file: file, "the file has no prices; its first line must name the columns")])
        }
        if !problems.isEmpty {
            throw Diagnostics(problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }.map(\.fault))
        }
        self.init(prices: prices, lines: lines, file: file)
    }

    private init(prices: [Price], lines: [Int], file: String) {
        self.prices = prices
        self.lines = lines
        self.file = file
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

    private static func columns(_ header: CSVRecord, file: String) -> ([PriceColumn], [Diagnostic]) {
        let place = "\(file):\(header.line)"
        var columns: [PriceColumn] = []
        var faults: [Diagnostic] = []
        for name in header.fields {
            if let column = PriceColumn(name: name) {
                if columns.contains(column) {
                    faults.append(Diagnostic(file: place, key: name, "the column appears twice"))
                }
                columns.append(column)
            } else {
                let allowed = Price.columns.joined(separator: ", ")
                faults.append(Diagnostic(file: place, "`\(name.prefix(80))` is not a column; allowed: \(allowed)"))
            }
        }
        for column in PriceColumn.required where !columns.contains(column) {
            let required = PriceColumn.required.map(\.name).joined(separator: ", ")
            let message = "the column is missing; required: \(required)"
            faults.append(Diagnostic(file: place, key: column.name, message))
        }
        return (columns, faults)
    }

    /// Returns the price of a model id, exactly as it is called, at a moment; nil if there is none, in which case the
    /// call is unpriced.
    ///
    /// A row of the given Region takes precedence over one for all Regions. If periods overlap, which the lint rejects,
    /// the later start wins.
    package func price(for modelId: String, at time: Timestamp, region: String? = nil) -> Price? {
        guard let rows = places[modelId] else { return nil }
        func row(in region: String?) -> Price? {
            rows.first { prices[$0].region == region && prices[$0].isEffective(at: time) }.map { prices[$0] }
        }
        return region.flatMap { row(in: $0) } ?? row(in: nil)
    }

    /// The latest day on which a row was read from its source, such as `2026-11-15`.
    package var retrieved: String? {
        prices.map(\.retrieved).max()?.date
    }

    /// Returns up to three model ids of the catalogue that resemble an unknown one, the closest first, for the error
    /// message.
    ///
    /// For an ARN, the part after the last slash is compared.
    package func closestModelIds(to modelId: String) -> [String] {
        guard modelId.utf8.count <= 2048 else { return [] }
        let wanted = modelId.split(separator: "/").last.map { $0.lowercased() } ?? ""
        let pairs = PairCounts(wanted)
        let candidates = places.keys.map { (id: $0, likeness: pairs.likeness(to: PairCounts($0))) }
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
