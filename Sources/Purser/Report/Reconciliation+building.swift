package import PurserCore
package import PurserStore

extension Reconciliation {
    /// Compares a month of bills with the ledger as of a time.
    ///
    /// Throws ``BillFault``, ``MonthChoice`` if the files do not have exactly one month and none is named, or an error of
    /// the store.
    package static func read(
        _ files: BillFiles,
        month named: CalendarMonth?,
        asOf: Timestamp,
        offers: OfferMap,
        prices: PriceCatalog,
        tolerance: Tolerance,
        from store: Store
    ) throws -> Reconciliation {
        let months = files.bill.months.keys.sorted()
        guard let month = named ?? (months.count == 1 ? months.first : nil) else { throw MonthChoice(months: months) }
        guard months.contains(month) else { throw MonthChoice(months: months, named: month) }
        var query = CostQuery(month.start..<month.end, asOf: asOf, by: keys)
        // A bill has all usage of the month, whenever it was learned.
        query.hasCorrections = false
        return try Reconciliation(
            files.bill,
            try store.costGroups(query),
            month: month,
            asOf: asOf,
            offers: offers,
            ids: prices.prices.map(\.modelId),
            tolerance: tolerance,
            files: files.files
        )
    }

    /// Bills that do not say which month is meant.
    package struct MonthChoice: Error, CustomStringConvertible {
        package var months: [CalendarMonth]
        package var named: CalendarMonth?

        package var description: String {
            let all = months.map(\.description).joined(separator: ", ")
            if months.isEmpty { return "the files have no lines; nothing was compared" }
            if let named { return "the files have no lines of \(named), only of \(all)" }
            return "the files have lines of \(all); --month chooses one of them"
        }
    }
}
