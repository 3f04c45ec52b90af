extension DashFrame {
    /// The drawn time, in steps of `periodSeconds` from `from` on; every list of values of a frame has one entry per step.
    ///
    /// The last step may be partial: it ends with the newest complete minute.
    package struct Window: Sendable, Equatable {
        /// A multiple of the period.
        package var from: Timestamp
        /// The end that was asked for: the frame's time.
        package var to: Timestamp
        package var periodSeconds: Int
        /// The length of the shortest stretch whose samples are counted as a whole; it divides the period.
        package var slotSeconds: Int

        package init(from: Timestamp, to: Timestamp, periodSeconds: Int, slotSeconds: Int? = nil) {
            self.from = from
            self.to = to
            self.periodSeconds = periodSeconds
            self.slotSeconds = slotSeconds ?? min(60, periodSeconds)
        }

        /// The maximum number of steps in a frame, apart from one more where the window does not begin with a step.
        package static let mostSteps = 48

        private static let periods = [
            10, 60, 300, 600, 900, 1800, 3600, 3 * 3600, 6 * 3600, 86_400, 7 * 86_400,
        ]

        /// Creates a window from `from` to `to`, in the finest of the usual periods that is not too fine to draw.
        ///
        /// No period is shorter than `finest`, the length in seconds of the slots that the store has of that time.
        package init(from: Timestamp, to: Timestamp, finest: Int = 10) {
            let seconds = Int((to - from) / 1000)
            let steps = { (period: Int) in max(1, (seconds + period - 1) / period) }
            let period =
                Self.periods.first { $0 >= finest && steps($0) <= Self.mostSteps }
                ?? max(30, seconds / (Self.mostSteps * 86_400) + 1) * 86_400
            let slot = max(finest, min(60, period))
            let start = min(from.floored(toSeconds: period), to.floored(toSeconds: slot) - slot)
            self.init(
                from: start.floored(toSeconds: period),
                to: to,
                periodSeconds: period,
                slotSeconds: slot
            )
        }

        /// Where the drawn data ends: samples of an incomplete slot are not drawn.
        package var dataEnd: Timestamp { to.floored(toSeconds: slotSeconds) }

        package var steps: Int {
            let period = Int64(periodSeconds) * 1000
            return max(0, Int((dataEnd - from + period - 1) / period))
        }

        /// The end of the last step, were it complete.
        package var stepsEnd: Timestamp { from + steps * periodSeconds }

        /// Whether the last step is not over.
        package var isPartial: Bool { stepsEnd > dataEnd }

        /// Returns the part of a step that is over, in seconds.
        package func seconds(ofStep step: Int) -> Int {
            let start = from + step * periodSeconds
            return Int((min(start + periodSeconds, dataEnd) - start) / 1000)
        }

        /// The newest complete minutes before a time, of which a frame says how things are now: five of them, fewer in a
        /// shorter window.
        package func now(at time: Timestamp) -> Range<Timestamp> {
            let end = time.floored(toSeconds: slotSeconds)
            let asked = min(300, Int((to - from) / 1000) / slotSeconds * slotSeconds)
            return end - max(slotSeconds, asked)..<end
        }
    }
}
