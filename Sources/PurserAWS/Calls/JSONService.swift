import PurserCore
import PurserHTTP

/// A service with AWS's JSON protocol: every operation is a POST with its name in a header and JSON as input and
/// output.
///
/// The protocols are awsJson 1.0 and 1.1 of the Smithy specification.
struct JSONService: Sendable {
    let session: AWSSession
    /// As in addresses and signatures: `ssm`.
    let name: String
    /// The prefix of an operation's name in the header: `AmazonSSM`.
    let target: String
    /// `1.0` or `1.1`.
    let version: String

    init(_ session: AWSSession, name: String, target: String, version: String) {
        self.session = session
        self.name = name
        self.target = target
        self.version = version
    }

    /// Calls an operation once.
    ///
    /// The address is taken from the environment, or else from the host of `home`, or else is the region's public
    /// address.
    func call(
        _ operation: String,
        _ input: JSONValue,
        region: String,
        home: HTTPURL? = nil,
        at time: Timestamp
    ) throws(AWSCallError) -> JSONValue {
        let address: HTTPURL
        do {
            address = try url(region, home)
        } catch {
            throw .endpoint("\(error)")
        }
        let request = HTTPRequest(
            method: "POST",
            url: address,
            headers: [
                HTTPHeader("Content-Type", "application/x-amz-json-" + version),
                HTTPHeader("X-Amz-Target", target + "." + operation),
            ],
            body: input.utf8()
        )
        let response = try session.send(request, service: name, region: region, at: time)
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
            return try AWSEndpoint(service: name, region: region, environment: session.environment).url
        }
        return try AWSEndpoint.configured(service: name, environment: session.environment)
            ?? HTTPURL("\(home.scheme)://\(home.authority)/")
    }
}
