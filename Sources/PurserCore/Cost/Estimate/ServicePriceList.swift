/// What a deployment pays for besides the model, as `services.csv` lists it.
package struct ServicePriceList: Sendable, Equatable {
    /// In the order of the file.
    package let prices: [ServicePrice]

    /// Reads a file with a header and one row for each thing and period.
    ///
    /// Throws ``Diagnostics`` with every fault, by line and column. No part of a file with a fault is used.
    package init(csv text: String, file: String) throws {
        var table = CSVTable(text, file: file, of: ServiceColumn.self)
        var prices: [ServicePrice] = []
        var faults: [(Int, ServiceColumn, String)] = []
        for record in table.records {
            let fields = Dictionary(uniqueKeysWithValues: zip(table.columns, record.fields))
            let price = ServiceRow(fields) { faults.append((record.line, $0, $1)) }.price()
            guard let price else { continue }
            let same = prices.first { $0.name == price.name && $0.overlaps(price) }
            if same != nil { faults.append((record.line, .name, "two rows of `\(price.name)` apply at the same time")) }
            prices.append(price)
        }
        for (line, column, message) in faults { table.reject(line, column, message) }
        try table.throwFaults()
        if prices.isEmpty {
            throw Diagnostics([Diagnostic(file: file, "the file has no prices; its first line must name the columns")])
        }
        self.prices = prices
    }

    /// Returns the prices that the programs were built with.
    package static func shipped() throws -> ServicePriceList {
        let file = try PriceCatalog.embedded("services.csv")
        return try ServicePriceList(csv: file.text, file: file.path)
    }

    /// The names of the rows that a plan has only if it asks for them.
    package var options: [String] {
        var seen: Set<String> = []
        return prices.compactMap(\.option).filter { seen.insert($0).inserted }
    }
}

extension ServicePrice {
    fileprivate func overlaps(_ other: ServicePrice) -> Bool {
        func starts(_ a: ServicePrice, before b: ServicePrice) -> Bool {
            guard let end = b.effectiveTo else { return true }
            return (a.effectiveFrom?.milliseconds ?? .min) < end.milliseconds
        }
        return starts(self, before: other) && starts(other, before: self)
    }
}
