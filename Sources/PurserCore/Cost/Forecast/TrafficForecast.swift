/// The expected requests and dollars of a time ahead, from recent traffic and its shape over the day and the week.
///
/// Deterministic: the same history gives the same forecast.
package struct TrafficForecast: Sendable, Equatable {
    package enum Quantity: Sendable {
        case requests
        case dollars
    }

    /// The earliest part of the past that is used.
    package static let historySeconds = 28 * 86_400
    /// With less history, a forecast is little more than a guess.
    package static let sureSeconds = 2 * 86_400

    package let at: Timestamp
    /// How long before `at` the traffic began, in seconds.
    package let historySeconds: Int
    let shape: SeasonalShape
    let requests: TrafficLevel
    let dollars: TrafficLevel
    /// How much whole days of the past deviated in dollars.
    let deviations: DayDeviations

    /// Of a part of the traffic, what came in the present hour; nil for all of it.
    private let come: TrafficBin?
    private let hasEnoughTraffic: Bool
    /// Whether there are whole days, but too few of them had traffic to know how much days deviate.
    package let isIrregular: Bool
    /// With fewer requests, one day of traffic is no base for an alert.
    private static let fewestRequests = 30.0
    private static let fewestDays = 2

    /// Creates a forecast from the bins of the past in ascending order; nil if there was no traffic in them.
    ///
    /// Bins before the first with traffic are ignored: there was no service then. The level of a part of the traffic, which
    /// may come in batches, is that of whole days, and what has come in an hour does not come in it again.
    ///
    /// - Parameter whole: The bins of all traffic, if `bins` are those of a part of it.
    package init?(_ bins: [TrafficBin], at: Timestamp, of whole: [TrafficBin] = []) {
        let (bins, whole) = (Self.sinceFirst(bins), Self.sinceFirst(whole))
        guard !bins.isEmpty else { return nil }
        self.at = at
        historySeconds = Int((at - bins[0].start) / 1000)
        let shape = whole.isEmpty ? SeasonalShape(bins) : SeasonalShape(bins, of: SeasonalShape(whole))
        self.shape = shape
        let days = Self.days(bins, shape)
        let busy = bins.wholeDays.count { $0.bins.contains { $0.requests > 0 } }
        hasEnoughTraffic = busy >= Self.fewestDays || bins.reduce(0) { $0 + $1.requests } >= Self.fewestRequests
        let known = DayDeviations(days.map(\.level))
        let isIrregular = days.count >= DayDeviations.fewestDays && known.factors.count < DayDeviations.fewestDays
        self.isIrregular = isIrregular
        come = whole.isEmpty ? nil : Self.sum(bins, since: at.floored(toSeconds: 3600))
        let midnight = at.floored(toSeconds: 86_400)
        let isOfDays = !whole.isEmpty && days.count >= Self.fewestDays
        let past = isOfDays ? bins.filter { $0.start < midnight } : bins
        let shortest = whole.isEmpty ? 0 : isIrregular ? TrafficForecast.historySeconds : 86_400
        func level(_ amount: (TrafficBin) -> Double) -> TrafficLevel {
            TrafficLevel(
                past,
                at: isOfDays ? midnight : at,
                shape,
                daySpread: known.spread,
                shortest: shortest,
                amount
            )
        }
        requests = level { $0.requests }
        let dollars = level { $0.dollars }
        deviations =
            DayDeviations(days.filter { $0.day < dollars.since }.map(\.level))
            + DayDeviations(days.filter { $0.day >= dollars.since }.map(\.level))
        self.dollars = dollars
    }

    private static func sum(_ bins: [TrafficBin], since start: Timestamp) -> TrafficBin {
        let empty = TrafficBin(start: start, seconds: 0, requests: 0, dollars: 0)
        return bins.filter { $0.start >= start }.reduce(into: empty) {
            $0.requests += $1.requests
            $0.dollars += $1.dollars
        }
    }

    private static func sinceFirst(_ bins: [TrafficBin]) -> [TrafficBin] {
        Array(bins.drop { $0.requests <= 0 && $0.dollars <= 0 })
    }

    /// Whether there is enough history for an alert.
    package var isSure: Bool { historySeconds >= Self.sureSeconds && hasEnoughTraffic }

    func level(_ quantity: Quantity) -> TrafficLevel {
        quantity == .requests ? requests : dollars
    }

    /// Returns the time from `start`, which is not before now, to `end` in hours, each weighted by its factor. The rest of the
    /// present hour of a part is what usually comes in the hour without what has come.
    func hours(_ quantity: Quantity, from start: Timestamp, to end: Timestamp) -> Double {
        let next = at.floored(toSeconds: 3600) + 3600
        guard let come, start < next else { return shape.hours(from: start, to: end) }
        let (stop, level) = (min(end, next), level(quantity).recent)
        let whole = shape.hours(from: come.start, to: next)
        let done = level > 0 ? (quantity == .requests ? come.requests : come.dollars) / level : 0
        return max(0, whole - done) * Double(stop - start) / Double(next - at) + shape.hours(from: stop, to: end)
    }

    /// Returns how much comes from now until `end`.
    package func expected(_ quantity: Quantity, until end: Timestamp) -> Double {
        var sum = 0.0
        walk(quantity, until: end) { _, _, amount in
            sum += amount
            return true
        }
        return sum
    }

    /// Returns when so much more has come; nil if that is not before `end`.
    package func time(_ quantity: Quantity, of wanted: Double, before end: Timestamp) -> Timestamp? {
        var (left, found) = (wanted, Timestamp?.none)
        walk(quantity, until: end) { start, stop, amount in
            guard amount < left else {
                let share = amount > 0 ? max(0, left) / amount : 0
                found = Timestamp(milliseconds: start.milliseconds + Int64((Double(stop - start) * share).rounded()))
                return false
            }
            left -= amount
            return true
        }
        return found.flatMap { $0 < end ? $0 : nil }
    }

    /// Calls `visit` for each short piece of the time until `end` with the amount expected in it, until it returns
    /// false.
    private func walk(
        _ quantity: Quantity,
        until end: Timestamp,
        _ visit: (_ start: Timestamp, _ stop: Timestamp, _ amount: Double) -> Bool
    ) {
        let level = level(quantity)
        var time = at
        while time < end {
            // A short burst decays within minutes.
            let step = time - at < 6 * 3_600_000 ? 300 : 3600
            let next = min(time.floored(toSeconds: step) + step, end)
            let middle = Double((time - at) + (next - at)) / 2 / 3_600_000
            let amount = level.level(afterHours: middle) * hours(quantity, from: time, to: next)
            guard visit(time, next, amount) else { return }
            time = next
        }
    }

    /// The whole days of the past with the level of each in dollars.
    private static func days(_ bins: [TrafficBin], _ shape: SeasonalShape) -> [(day: Timestamp, level: Double)] {
        bins.wholeDays.map { day, bins in
            (day, bins.reduce(0) { $0 + $1.dollars } / max(shape.hours(from: day, to: day + 86_400), 1e-9))
        }
    }
}
