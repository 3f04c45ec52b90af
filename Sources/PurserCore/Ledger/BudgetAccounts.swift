/// The running totals that one call counts towards, while a transaction changes them.
package struct BudgetAccounts {
    package struct Account {
        package var scope: BudgetScope
        /// Nil in the first account if there is no budget for all calls.
        package var limit: Picodollars?
        package var total: MonthTotal

        package init(scope: BudgetScope, limit: Picodollars?, total: MonthTotal) {
            self.scope = scope
            self.limit = limit
            self.total = total
        }

        /// Returns how much of a percentage of the budget is left; negative if the budget was lowered below what is
        /// spent and held.
        func room(percent: Int) -> Int128? {
            limit.map { $0.rawValue * Int128(min(percent, 100)) / 100 - total.spent.rawValue - total.held.rawValue }
        }
    }

    package var month: CalendarMonth
    /// The source of the call: calls of other sources are not in the totals.
    package var source: CallSource
    /// The account for all calls comes first, followed by those that have a budget.
    package var list: [Account]

    package init(month: CalendarMonth, source: CallSource = .live, list: [Account]) {
        self.month = month
        self.source = source
        self.list = list
    }

    /// Returns why a call is refused; nil if it fits into its quota and its budgets.
    package func refusal(of reservation: Reservation) -> ReservationResult? {
        if reservation.isUnlimited { return nil }
        if let quota = reservation.quota, list[0].total.requests >= quota { return .quotaExceeded(list[0].total) }
        return excess(of: reservation.hold, percent: reservation.limitPercent).map(ReservationResult.budgetExceeded)
    }

    /// Returns the account with less than `hold` left; if there are several, the one with the least left.
    package func excess(of hold: Picodollars, percent: Int) -> BudgetExcess? {
        let full = list.compactMap { account -> (room: Int128, excess: BudgetExcess)? in
            guard let limit = account.limit, let room = account.room(percent: percent), room < hold.rawValue else {
                return nil
            }
            return (room, BudgetExcess(scope: account.scope, total: account.total, limit: limit))
        }
        return full.min { $0.room < $1.room }?.excess
    }

    /// The budget with the least left.
    package var standing: BudgetStanding? {
        list.compactMap { account in
            account.limit.map {
                BudgetStanding(
                    scope: account.scope,
                    limit: $0,
                    spent: account.total.spent,
                    held: account.total.held
                )
            }
        }.min { $0.limit - $0.spent - $0.held < $1.limit - $1.spent - $1.held }
    }

    package mutating func add(requests: Int = 0, spent: Picodollars = .zero, held: Picodollars = .zero) {
        for index in list.indices {
            list[index].total.requests += requests
            list[index].total.spent += spent
            list[index].total.held += held
        }
    }
}
