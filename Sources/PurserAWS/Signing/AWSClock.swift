import PurserCore
import PurserHTTP
import Synchronization

/// How far AWS's clock is ahead of this machine's, as learned from its responses.
///
/// AWS rejects signatures that are more than 15 minutes (STS: 5) off its own clock; its response contains its own time.
package final class AWSClock: Sendable {
    private let offset = Mutex<Int64>(0)

    package init() {}

    /// The milliseconds by which AWS's clock is ahead.
    package var offsetMilliseconds: Int64 {
        offset.withLock { $0 }
    }

    /// Corrects the offset by the time in a response that refuses a signature because of clock skew; returns false if
    /// another signature would also be refused.
    ///
    /// - Parameters:
    ///   - time: This machine's time when the request was signed.
    ///   - before: The offset with which it was signed.
    func correct(by response: HTTPResponse, at time: Timestamp, before: Int64) -> Bool {
        guard let theirs = response.header("Date").flatMap({ Timestamp(httpDate: $0) }),
            abs(theirs - time - before) >= Self.leastSkew
        else { return false }
        offset.withLock { $0 = theirs - time }
        return true
    }

    // A smaller difference is not the reason for a refusal.
    private static let leastSkew: Int64 = 60_000
}

extension Timestamp {
    /// Reads `Thu, 26 Nov 2026 02:50:22 GMT`, the form in which servers write the Date header (RFC 9110, IMF-fixdate).
    init?(httpDate text: String) {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int(words[1]), (1...31).contains(day),
            let month = CalendarMonth.names.firstIndex(where: { $0.prefix(3) == words[2] }), let year = Int(words[3]),
            (1970...9999).contains(year)
        else { return nil }
        let time = words[4].split(separator: ":").compactMap { Int($0) }
        guard time.count == 3, (0..<24).contains(time[0]), (0..<60).contains(time[1]), (0...60).contains(time[2]) else {
            return nil
        }
        self.init(year: year, month: month + 1, day: day, hour: time[0], minute: time[1], second: time[2])
    }
}
