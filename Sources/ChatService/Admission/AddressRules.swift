import PurserCore

/// Decides which addresses may send requests, and how many per minute.
package final class AddressRules: Sendable {
    private let denied: [AddressRange]
    private let windows: RequestWindows<IPAddress>?

    /// - Parameter perMinute: Requests that an address may send in any one-minute window; nil means any number.
    package init(denied: [AddressRange] = [], perMinute: Int? = nil) {
        self.denied = denied
        windows = perMinute.map { RequestWindows(perMinute: $0) }
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
        guard let windows, let wait = windows.admit(address.subscriber, at: nanoseconds) else { return nil }
        return .rateLimited(.address, limit: windows.perMinute, retryAfterSeconds: wait)
    }
}
