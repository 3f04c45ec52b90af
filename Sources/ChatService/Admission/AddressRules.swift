import PurserCore

/// Decides which addresses may send requests, and how many per minute.
package final class AddressRules: Sendable {
    /// The maximum number of addresses whose requests are counted.
    static let mostAddresses = 16_384

    private let denied: [AddressRange]
    private let perMinute: Int
    private let windows: RequestWindows<IPAddress>?

    /// - Parameter perMinute: Requests that an address may send in any one-minute window; nil means any number.
    package init(denied: [AddressRange] = [], perMinute: Int? = nil) {
        self.denied = denied
        self.perMinute = perMinute ?? 0
        windows = perMinute.map { RequestWindows(perMinute: $0, mostSenders: Self.mostAddresses) }
    }

    /// Returns whether an address is on the deny list.
    package func isDenied(_ address: IPAddress) -> Bool {
        denied.contains(address)
    }

    /// Counts a request from an address; returns the reason if it is rejected, or nil if it is accepted.
    ///
    /// - Parameter nanoseconds: The time on the monotonic clock.
    package func refusal(of address: IPAddress, at nanoseconds: Int64) -> ChatRefusal? {
        if isDenied(address) { return .addressDenied }
        return windows?.secondsToWait(address.subscriber, at: nanoseconds).map { wait in
            .rateLimited(.address, limit: perMinute, retryAfterSeconds: wait)
        }
    }
}
