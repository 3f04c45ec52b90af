/// How much comes in an hour of average traffic: over the whole history, and lately.
///
/// "Lately" is the longest of several windows up to now whose level agrees with the levels of all shorter ones: Lepski's
/// rule (1991). A steady history is used as a whole, which makes the level precise, and after a change only what came
/// since is. How long a change lasts is unknown; one that has lasted for an hour is expected to last for a few more:
/// the share of it that is left after a time t is 4d / (4d + t), where d is its age.
struct TrafficLevel: Sendable, Equatable {
    /// Per hour.
    let usual: Double
    let recent: Double
    /// The age of the recent level in hours.
    let recentHours: Double
    /// The relative standard deviations of the two levels, from the number of requests behind them.
    let usualError: Double
    let recentError: Double

    /// A quarter of an hour and, each about twice as long as the one before, up to three weeks.
    private static let windowSeconds = [
        900, 1800, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 16 * 3600, 86_400, 2 * 86_400, 3 * 86_400, 5 * 86_400,
        7 * 86_400,
        10 * 86_400, 14 * 86_400, 21 * 86_400,
    ]
    /// Levels that differ by less are the same, because the shape of a day is only known approximately.
    private static let tolerance = 0.25
    private static let deviations = 3.0
    /// The variance of a count divided by its mean. Requests come in conversations, and their sizes differ.
    private static let dispersion = 2.0
    private static let persistence = 4.0

    init(_ bins: [TrafficBin], at: Timestamp, _ shape: SeasonalShape, _ amount: (TrafficBin) -> Double) {
        let all = Window(bins[...], shape, amount)
        let windows = Self.windowSeconds.compactMap { seconds -> Window? in
            let first = bins.firstIndex { $0.start >= at - seconds } ?? bins.endIndex
            let window = Window(bins[first...], shape, amount)
            return window.hours > 0 && window.hours < all.hours ? window : nil
        }
        var chosen = windows.first ?? all
        for (position, window) in (windows + [all]).enumerated() where position > 0 {
            guard windows[..<position].allSatisfy({ window.agrees(with: $0) }) else { break }
            chosen = window
        }
        usual = all.level
        recent = chosen.level
        recentHours = chosen.plainHours
        usualError = all.error
        recentError = chosen.error
    }

    /// Returns the level expected after some hours.
    func level(afterHours hours: Double) -> Double {
        usual + (recent - usual) * share(afterHours: hours)
    }

    private func share(afterHours hours: Double) -> Double {
        let age = Self.persistence * recentHours
        return age > 0 ? age / (age + hours) : 1
    }

    /// Returns after how many hours the recent level ends, for a number from 0 to 1 that is drawn at random.
    func end(drawn: Double) -> Double {
        recent == usual ? .infinity : Self.persistence * recentHours * (1 / max(drawn, 1e-9) - 1)
    }

    private struct Window {
        var amount = 0.0
        var requests = 0.0
        /// Weighted by the shape.
        var hours = 0.0
        var plainHours = 0.0

        init(_ bins: ArraySlice<TrafficBin>, _ shape: SeasonalShape, _ amount: (TrafficBin) -> Double) {
            for bin in bins {
                self.amount += amount(bin)
                requests += bin.requests
                hours += shape.hours(from: bin.start, to: bin.end)
                plainHours += Double(bin.seconds) / 3600
            }
        }

        var level: Double { hours > 0 ? amount / hours : 0 }

        var error: Double { (TrafficLevel.dispersion / max(requests, 1)).squareRoot() }

        /// Returns whether a shorter window could have this window's level.
        func agrees(with shorter: Window) -> Bool {
            let expected = level * shorter.hours
            // In requests of this window's mean size.
            let size = requests > 0 ? amount / requests : 0
            guard size > 0 else { return shorter.amount == 0 }
            let count = expected / size
            let noise = TrafficLevel.deviations * (TrafficLevel.dispersion * (count + 1)).squareRoot()
            return abs(shorter.amount / size - count) <= noise + TrafficLevel.tolerance * count
        }
    }
}
