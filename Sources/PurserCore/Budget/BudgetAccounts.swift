/// The running totals that one call counts towards, while a transaction changes them.
package struct BudgetAccounts {
    /// A budget and what its present period has used.
    package struct Account {
        package var budget: Budget
        package var period: Range<Timestamp>
        package var total: MonthTotal

        package init(budget: Budget, period: Range<Timestamp>, total: MonthTotal) {
            self.budget = budget
            self.period = period
            self.total = total
        }

        /// Returns how much of a percentage of the budget is left; negative if the budget was lowered below what is
        /// spent and held, and nil if the cost is not limited.
        func room(percent: Int) -> Int128? {
            budget.limit.map {
                $0.rawValue * Int128(min(percent, 100)) / 100 - total.spent.rawValue - total.held.rawValue
            }
        }

        fileprivate var excess: BudgetExcess {
            BudgetExcess(budget: budget, total: total, resets: period.upperBound)
        }
    }

    /// The account of all calls of the calendar month comes first, which may have no limit.
    package var list: [Account]

    package init(list: [Account]) {
        self.list = list
    }

    /// Returns why a call is refused; nil if it fits into its quotas and its budgets.
    package func refusal(of reservation: Reservation) -> ReservationResult? {
        if reservation.isUnlimited { return nil }
        return fullQuota.map(ReservationResult.quotaExceeded)
            ?? excess(of: reservation.hold, percent: reservation.limitPercent).map(ReservationResult.budgetExceeded)
    }

    /// The quota of requests that is used up; if there are several, the one that is so for the longest time.
    package var fullQuota: BudgetExcess? {
        list.filter { account in account.budget.requests.map { account.total.requests >= $0 } ?? false }
            .max { $0.period.upperBound < $1.period.upperBound }?.excess
    }

    /// Returns the account with less than `hold` left; if there are several, the one with the least left.
    package func excess(of hold: Picodollars, percent: Int) -> BudgetExcess? {
        let full = list.compactMap { account -> (room: Int128, account: Account)? in
            guard let room = account.room(percent: percent), room < hold.rawValue else { return nil }
            return (room, account)
        }
        return full.min { $0.room < $1.room }?.account.excess
    }

    /// The budget with the least left.
    package var standing: BudgetStanding? {
        list.compactMap { account in
            account.budget.limit.map {
                BudgetStanding(
                    scope: account.budget.scope,
                    window: account.budget.window,
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
