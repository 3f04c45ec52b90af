import PurserCore

/// Decides whether a failed attempt of a call is repeated, and when.
struct RetryPlan {
    /// The waits before the retries.
    private let waits: [Duration]
    /// Whether an attempt is repeated that may be charged although it got no answer.
    private let repeatsUncertain: Bool
    private let isCallerGone: @Sendable () -> Bool
    /// The last moment for an attempt to end, and the last one for it to begin, on the monotonic clock.
    private let end: Int64
    private let lastStart: Int64

    /// Creates the plan of a call whose first attempt begins now.
    ///
    /// SDKs retry by themselves, and a retry of a call that may be charged costs its worst case once more. So a call from
    /// an SDK is repeated only as often as the operator says, and never after an attempt that may be charged.
    init(_ call: AdmittedCall, _ configuration: ChatConfiguration, now: Timestamp, nanoseconds: Int64) {
        let isFromSDK = call.origin.isFromSDK
        let delays = configuration.retryDelaysSeconds
        waits = (isFromSDK ? Array(delays.prefix(configuration.sdkRetries)) : delays).map { .seconds($0) }
        repeatsUncertain = !isFromSDK
        isCallerGone = call.origin.isCallerGone
        end = nanoseconds + call.request.limits.total.nanoseconds
        let callersEnd = call.origin.deadline.map { deadline in
            // A deadline can be any time that a caller writes.
            let left = Int128(deadline.milliseconds) - Int128(now.milliseconds)
            return Int64(clamping: Int128(nanoseconds) + left * 1_000_000)
        }
        lastStart = min(end, callersEnd ?? end)
    }

    /// Returns how long to wait before a retry, counted from 1; nil if the error is final.
    func wait(before retry: Int, _ error: ModelError, at nanoseconds: Int64) -> Duration? {
        let treatment = error.treatment
        guard treatment.isRetryable, retry <= waits.count, repeatsUncertain || !treatment.mayBeCharged,
            !isCallerGone(), nanoseconds + waits[retry - 1].nanoseconds < lastStart
        else { return nil }
        return waits[retry - 1]
    }

    /// Returns how long the next attempt may take.
    func timeLeft(at nanoseconds: Int64) -> Duration {
        .nanoseconds(max(1_000_000, end - nanoseconds))
    }
}
