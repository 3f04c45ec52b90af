import Foundation
import PurserAWS
package import PurserCore

extension Timestamp {
    /// The current time of the wall clock.
    package static var now: Timestamp {
        WallClock.now()
    }
}

enum WriterIdentity {
    static func unique() -> String {
        let process = ProcessInfo.processInfo
        let random = String(UInt64.random(in: .min ... .max), radix: 36)
        return [process.hostName, String(process.processIdentifier), Timestamp.now.description, random]
            .joined(separator: "/")
    }
}
