/// An access key as reports show it, with what it has spent in a month.
package struct AccessKeyLine: Sendable, Equatable {
    package var key: AccessKeyRecord
    /// The key's total for the month.
    package var total: MonthTotal
    package var budget: Picodollars?

    package init(key: AccessKeyRecord, total: MonthTotal, budget: Picodollars?) {
        self.key = key
        self.total = total
        self.budget = budget
    }
}
