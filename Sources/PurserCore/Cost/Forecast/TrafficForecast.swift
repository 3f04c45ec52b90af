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
    /// What whole days of the past had in dollars, divided by what the level and the shape give for them; their mean is
    /// 1.
    let residuals: [Double]

    /// Creates a forecast from the bins of the past in ascending order; nil if there was no traffic in them.
    ///
    /// Bins before the first with traffic are ignored: there was no service then.
    package init?(_ bins: [TrafficBin], at: Timestamp) {
        guard let first = bins.firstIndex(where: { $0.requests > 0 || $0.dollars > 0 }) else { return nil }
        let bins = Array(bins[first...])
        self.at = at
        historySeconds = Int((at - bins[0].start) / 1000)
        shape = SeasonalShape(bins)
        requests = TrafficLevel(bins, at: at, shape) { $0.requests }
        dollars = TrafficLevel(bins, at: at, shape) { $0.dollars }
        residuals = Self.residuals(bins, shape)
    }

    /// Whether there is enough history for an alert.
    package var isSure: Bool { historySeconds >= Self.sureSeconds }

    private func level(_ quantity: Quantity) -> TrafficLevel {
        quantity == .requests ? requests : dollars
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
            let amount = level.level(afterHours: middle) * shape.hours(from: time, to: next)
            guard visit(time, next, amount) else { return }
            time = next
        }
    }

    private static func residuals(_ bins: [TrafficBin], _ shape: SeasonalShape) -> [Double] {
        let ratios = bins.wholeDays.map { day, bins in
            bins.reduce(0) { $0 + $1.dollars } / max(shape.hours(from: day, to: day + 86_400), 1e-9)
        }
        let mean = ratios.reduce(0, +) / Double(max(1, ratios.count))
        return mean > 0 ? ratios.map { $0 / mean } : []
    }
}
