import PurserCore
import PurserHTTP

/// A service with AWS's JSON protocol: every operation is a POST with its name in a header and JSON as input and output.
///
/// The protocols are awsJson 1.0 and 1.1 of the Smithy specification.
struct JSONService: Sendable {
    /// As in addresses and signatures: `ssm`.
    let name: String
    /// The prefix of an operation's name in the header: `AmazonSSM`.
    let target: String
    /// `1.0` or `1.1`.
    let version: String
    let environment: [String: String]
    let credentials: @Sendable () throws -> AWSCredentials
    let send: @Sendable (HTTPRequest) throws -> HTTPResponse
    let clock: AWSClock

    /// Calls an operation once.
    ///
    /// The address is that from the environment, else the host of `home`, else the region's public address.
    func call(
        _ operation: String,
        _ input: JSONValue,
        region: String,
        home: HTTPURL? = nil,
        at time: Timestamp
    ) throws(JSONServiceError) -> JSONValue {
        let keys: AWSCredentials
        do {
            keys = try credentials()
        } catch {
            throw .credentials("\(error)")
        }
        let response: HTTPResponse
        do {
            let request = HTTPRequest(
                method: "POST",
                url: try url(region, home),
                headers: [
                    HTTPHeader("Content-Type", "application/x-amz-json-" + version),
                    HTTPHeader("X-Amz-Target", target + "." + operation),
                ],
                body: input.utf8()
            )
            let signer = SigV4Signer(credentials: keys, service: name, region: region)
            response = try clock.send(request, signer, at: time, by: send)
        } catch let error as HTTPError {
            throw .unanswered(error)
        } catch {
            throw .endpoint("\(error)")
        }
        guard (200..<300).contains(response.status) else {
            guard let fault = AWSFault(response) else { throw .elsewhere(status: response.status) }
            throw .refused(fault)
        }
        // A success without output has an empty body.
        guard !response.body.isEmpty else { return .object([]) }
        guard let output = try? JSONValue(parsing: response.text), output.members != nil else {
            throw .elsewhere(status: response.status)
        }
        return output
    }
}

extension JSONService {
    private func url(_ region: String, _ home: HTTPURL?) throws -> HTTPURL {
        guard let home else {
            return try AWSEndpoint(service: name, region: region, environment: environment).url
        }
        return try AWSEndpoint.configured(service: name, environment: environment)
            ?? HTTPURL("\(home.scheme)://\(home.authority)/")
    }
}

/// Why an operation was not carried out, or may not have been.
enum JSONServiceError: Error {
    case credentials(String)
    case endpoint(String)
    case unanswered(HTTPError)
    /// A proxy or a wrong endpoint answered.
    case elsewhere(status: Int)
    case refused(AWSFault)

    /// Whether the same call may succeed a little later without any change.
    var isPassing: Bool {
        switch self {
        case .credentials, .endpoint: false
        case .unanswered(let error): error.isRetryable
        case .elsewhere(let status): status >= 500
        case .refused(let fault): fault.isPassing
        }
    }

    var description: String {
        switch self {
        case .credentials(let words), .endpoint(let words): words
        case .unanswered(let error): error.description
        case .elsewhere(let status): "HTTP status \(status), and the answer is not the service's"
        case .refused(let fault): fault.description
        }
    }
}
