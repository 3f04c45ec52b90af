import Foundation
public import PurserCore

/// This machine's clock.
public enum WallClock {
    /// Returns the time, rounded down to milliseconds.
    public static let now: @Sendable () -> Timestamp = {
        Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }
}
