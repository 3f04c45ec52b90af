/// A month whose figures do not change any more.
package struct ClosedMonth: Sendable, Equatable {
    /// A month closes by itself this long after its end, if live calls were made in it and later ones have been made since.
    package static let graceSeconds = 7 * 86_400

    package var month: CalendarMonth
    package var closed: Timestamp
    /// Settled calls.
    package var requests: Int
    package var total: Picodollars

    package init(month: CalendarMonth, closed: Timestamp, requests: Int, total: Picodollars) {
        self.month = month
        self.closed = closed
        self.requests = requests
        self.total = total
    }
}
