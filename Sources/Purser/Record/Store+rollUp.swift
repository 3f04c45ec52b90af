public import PurserStore

extension Store {
    /// Rolls up what is due by now, for a few seconds at most; what is left is done at the next occasion.
    public func rollUp(limitSeconds: Int) throws {
        let limit = ContinuousClock.now + .seconds(limitSeconds)
        try rollUp(now: .now) { ContinuousClock.now >= limit }
    }
}
