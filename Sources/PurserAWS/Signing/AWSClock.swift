package import PurserCore
package import PurserHTTP
import Synchronization

/// How far AWS's clock is ahead of this machine's, as learned from its answers.
///
/// AWS rejects signatures that are more than 15 minutes (STS: 5) off its own clock; its answer has its own time.
package final class AWSClock: Sendable {
    private let offset = Mutex<Int64>(0)

    package init() {}

    /// The milliseconds by which AWS's clock is ahead.
    package var offsetMilliseconds: Int64 {
        offset.withLock { $0 }
    }

    /// Signs and sends a request; if the answer says that the clocks differ, does so once more with AWS's time.
    package func send(
        _ request: HTTPRequest,
        _ signer: SigV4Signer,
        at time: Timestamp,
        by send: (HTTPRequest) throws -> HTTPResponse
    ) throws -> HTTPResponse {
        let before = offsetMilliseconds
        let response = try send(signer.sign(request, at: Timestamp(milliseconds: time.milliseconds + before)))
        guard let theirs = correction(response, at: time, before: before) else { return response }
        return try send(signer.sign(request, at: theirs))
    }

    /// Returns AWS's time if the answer rejects a signature because of clock skew and another signature may be accepted.
    ///
    /// - Parameters:
    ///   - time: This machine's time when the request was signed.
    ///   - before: The offset with which it was signed.
    func correction(_ response: HTTPResponse, at time: Timestamp, before: Int64) -> Timestamp? {
        guard Self.isSkew(response), let theirs = response.header("Date").flatMap({ Timestamp(httpDate: $0) }),
            abs(theirs - time - before) >= Self.leastSkew
        else { return nil }
        offset.withLock { $0 = theirs - time }
        return theirs
    }

    // A smaller difference is not the reason for a rejection, so another signature would be rejected too.
    private static let leastSkew: Int64 = 60_000

    private static func isSkew(_ response: HTTPResponse) -> Bool {
        (400..<500).contains(response.status) && AWSFault(response)?.isSkew == true
    }
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
