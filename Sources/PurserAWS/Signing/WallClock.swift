import Foundation
package import PurserCore

/// This machine's clock.
package enum WallClock {
    /// Returns the time, rounded down to milliseconds.
    package static let now: @Sendable () -> Timestamp = {
        Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }
}
