extension AlarmReader {
    /// Reads EvaluationWindow, which names one of its two kinds; without it, the window slides.
    mutating func window(_ root: JSONPlace) -> EvaluationWindow {
        guard let place = faults.object(root, "EvaluationWindow") else { return .sliding }
        let kinds = ["SlidingWindow", "WallClockWindow"]
        faults.checkKeys(of: place, supported: kinds, of: "EvaluationWindow")
        guard kinds.count(where: place.has) == 1 else {
            faults.fault(place.path, "needs exactly one of " + kinds.joined(separator: " and "))
            return .sliding
        }
        if let sliding = place.has("SlidingWindow") ? faults.object(place, "SlidingWindow") : nil {
            faults.checkKeys(of: sliding, supported: [], of: "SlidingWindow")
        }
        guard let clock = place.has("WallClockWindow") ? faults.object(place, "WallClockWindow") : nil else {
            return .sliding
        }
        faults.checkKeys(of: clock, supported: ["Timezone"], of: "WallClockWindow")
        guard let text = faults.text(clock, "Timezone", length: 1...50) else { return .wallClock(.utc) }
        guard let zone = ClockZone(text) else {
            faults.fault(clock.path(of: "Timezone"), "`\(text)` is not a time zone; allowed: \(ClockZone.allowed)")
            return .sliding
        }
        return .wallClock(zone)
    }

    /// Checks that the alarm's period is one that clocks and calendars have.
    mutating func checkWindow(_ rule: AlarmRule, _ condition: AlarmCondition) {
        guard condition.window != .sliding, !EvaluationWindow.wallClockPeriods.contains(rule.period) else { return }
        let allowed = EvaluationWindow.wallClockPeriods.map(String.init).joined(separator: ", ")
        faults.fault(
            "EvaluationWindow",
            "a wall clock window does not go with a period of \(rule.period) s; allowed: \(allowed)"
        )
    }
}
