import Foundation
package import PurserCore
package import PurserStore

extension Store {
    /// Rolls up the metrics that are due, for at most `limitSeconds`; the rest is done next time.
    package func rollUp(limitSeconds: Int) throws {
        let limit = ContinuousClock.now + .seconds(limitSeconds)
        try rollUp(now: .now) { ContinuousClock.now >= limit }
    }

    /// How much time data must cover for a roll-up to follow it at once. A wrong clock can give one time to much data,
    /// but not the times of days.
    private static let trustedSeconds = 25 * 3600
    /// How long to wait for another process that is rolling up; those that do so beside other work end after seconds.
    private static let mostWaits = 150
    private static let waitSeconds = 0.2

    /// Rolls up everything that is due after data from `oldest` to `newest` came in, however long it takes.
    ///
    /// If the data covers less than a day, ages advance by at most a day, as in ``rollUp(now:isTimeUp:progress:)``.
    ///
    /// - Parameter progress: Called after every step with the number of slots that moved into blocks so far.
    package func rollUpAll(
        from oldest: Timestamp,
        to newest: Timestamp,
        now: Timestamp,
        progress: (Int) -> Void = { _ in }
    ) throws {
        let isTrusted = newest - oldest > Int64(Self.trustedSeconds) * 1000
        var moved = 0
        var waits = 0
        var isMoved = false
        while try !isMoved || isAgeingDue(now: now) {
            if let done = try rollUp(now: now, progress: { progress(moved + $0.slots) }) {
                moved += done.slots
                isMoved = true
                if !isTrusted { return }
            } else {
                waits += 1
                if waits > Self.mostWaits { return }
                Thread.sleep(forTimeInterval: Self.waitSeconds)
            }
        }
    }
}
