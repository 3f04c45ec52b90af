/// The times of one piece of work, repeated. Machines are noisy, so the median is reported with the range.
struct Measurement {
    /// Seconds of each run, ascending.
    let seconds: [Double]

    var median: Double {
        seconds[seconds.count / 2]
    }

    init(runs: Int, _ work: () throws -> Void) rethrows {
        let clock = ContinuousClock()
        try work()
        var seconds: [Double] = []
        for _ in 0..<runs {
            let duration = try clock.measure(work)
            seconds.append(Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18)
        }
        self.seconds = seconds.sorted()
    }

    /// Returns the median and the range, each times `factor`: `8.3 (8.1 to 9.0)`.
    func text(_ factor: Double) -> String {
        func short(_ value: Double) -> String {
            let scaled = value * factor
            let digits = scaled >= 100 ? 1.0 : scaled >= 10 ? 10.0 : 100.0
            return String((scaled * digits).rounded() / digits)
        }
        return "\(short(median)) (\(short(seconds.first ?? 0)) to \(short(seconds.last ?? 0)))"
    }
}

/// Prints a row of the report.
func report(_ what: String, _ figure: String, _ unit: String) {
    let padded = what + String(repeating: " ", count: max(1, 58 - what.count))
    print(padded + figure + " " + unit)
}
