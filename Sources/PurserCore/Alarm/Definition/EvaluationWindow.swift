/// Where the periods that an alarm evaluates begin and end: CloudWatch's EvaluationWindow.
package enum EvaluationWindow: Sendable, Hashable {
    /// They are counted back from the time of the evaluation.
    case sliding
    /// They are the completed minutes, hours, days or weeks of a time zone.
    case wallClock(ClockZone)

    /// The periods, in seconds, that a wall clock window may have.
    package static let wallClockPeriods = [60, 300, 3600, 86_400, 604_800]
}
