package import PurserCore
package import PurserStore

extension CostWhatIf {
    /// Computes the settled calls of a month as of a time at the prices of another model.
    package init(
        _ month: CalendarMonth,
        asOf: Timestamp,
        by keys: [CostKey],
        where filters: [CostFilter],
        in zone: ClockZone,
        at price: Price,
        from store: Store
    ) throws {
        let period = zone.start(of: month)..<zone.start(of: month.next)
        var query = CostQuery(period, asOf: asOf, by: keys, where: filters, in: zone)
        query.hasCorrections = false
        try self.init(query, try store.costGroups(query), at: price)
    }
}
