import PurserCore
import PurserHTTP

/// A request that is signed each time it is sent. It is sent again only if AWS rejected it before carrying it out, and
/// a corrected clock or other credentials may help.
struct SignedCall {
    enum Remedy {
        /// The response is final.
        case none
        /// The known offset of AWS's clock was corrected; sign again.
        case clock
        /// Sign with credentials other than ``credentials``, if there are any.
        case credentials
    }

    var credentials: AWSCredentials
    private let request: HTTPRequest
    private let service: String
    private let region: String
    private let clock: AWSClock
    private var sent: (time: Timestamp, offset: Int64)?
    private var isRepeated = false

    init(
        _ request: HTTPRequest,
        service: String,
        region: String,
        _ credentials: AWSCredentials,
        _ clock: AWSClock
    ) {
        self.request = request
        self.service = service
        self.region = region
        self.credentials = credentials
        self.clock = clock
    }

    /// Returns the signed request, ready to send at `time` by the local clock.
    mutating func signed(at time: Timestamp) -> HTTPRequest {
        let offset = clock.offsetMilliseconds
        sent = (time, offset)
        return SigV4Signer(credentials: credentials, service: service, region: region)
            .sign(request, at: Timestamp(milliseconds: time.milliseconds + offset))
    }

    /// Returns what may help after this response to the request that was signed last.
    mutating func remedy(_ response: HTTPResponse) -> Remedy {
        guard (400..<500).contains(response.status), !isRepeated, let sent, let fault = AWSFault(response) else {
            return .none
        }
        isRepeated = true
        if fault.isSkew {
            return clock.correct(by: response, at: sent.time, before: sent.offset) ? .clock : .none
        }
        return fault.isOfOldKeys ? .credentials : .none
    }
}

extension SignedCall {
    /// Sends the request and returns its response, after at most one repetition. Blocks until then.
    ///
    /// - Parameters:
    ///   - now: Returns this machine's time before each attempt.
    ///   - replacement: Returns other credentials than the rejected ones; nil if there are none.
    mutating func response(
        at now: () -> Timestamp,
        by send: (HTTPRequest) throws -> HTTPResponse,
        replacement: (AWSCredentials) -> AWSCredentials? = { _ in nil }
    ) throws -> HTTPResponse {
        while true {
            let response = try send(signed(at: now()))
            switch remedy(response) {
            case .none: return response
            case .clock: continue
            case .credentials:
                guard let new = replacement(credentials) else { return response }
                credentials = new
            }
        }
    }
}
