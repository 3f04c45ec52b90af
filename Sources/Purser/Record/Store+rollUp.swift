package import PurserStore

extension Store {
    /// Rolls up the metrics that are due, for at most `limitSeconds`; the rest is done next time.
    package func rollUp(limitSeconds: Int) throws {
        let limit = ContinuousClock.now + .seconds(limitSeconds)
        try rollUp(now: .now) { ContinuousClock.now >= limit }
    }
}
