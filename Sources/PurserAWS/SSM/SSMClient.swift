import Foundation
public import PurserCore
public import PurserHTTP

/// Reads parameters from AWS Systems Manager's Parameter Store, decrypted.
///
/// Every call waits for its answer: it is for a program's start, not for a thread that others wait for.
public struct SSMClient: Sendable {
    /// GetParameters takes no more names.
    private static let namesPerCall = 10
    private static let waitsSeconds: [Double] = [1, 2]

    private let service: JSONService
    private let now: @Sendable () -> Timestamp
    private let wait: @Sendable (Double) -> Void
    private let readFile: @Sendable (String) throws -> [UInt8]?

    /// A client with its endpoint and its credentials from the environment or the shared files, see ``CredentialChain``.
    public init(environment: [String: String], http: HTTPClient) {
        let clock = AWSClock()
        let cache = CredentialCache { try CredentialChain(environment: environment, clock: clock).credentials() }
        self.init(
            environment: environment,
            credentials: { try cache.credentials() },
            send: { try http.send($0) },
            clock: clock
        )
    }

    /// - Parameters:
    ///   - environment: Read for the region (AWS_REGION, AWS_DEFAULT_REGION, the profile's) and the endpoint.
    ///   - credentials: Asked at every attempt.
    ///   - send: Gets a signed request; throws ``HTTPError`` where there is no answer.
    ///   - clock: What is known of AWS's time.
    ///   - now: This machine's time.
    ///   - wait: Waits so many seconds between two attempts.
    ///   - readFile: Reads the shared files for the profile's region.
    public init(
        environment: [String: String],
        credentials: @escaping @Sendable () throws -> AWSCredentials,
        send: @escaping @Sendable (HTTPRequest) throws -> HTTPResponse,
        clock: AWSClock = AWSClock(),
        now: @escaping @Sendable () -> Timestamp = WallClock.now,
        wait: @escaping @Sendable (Double) -> Void = Self.sleep,
        readFile: @escaping @Sendable (String) throws -> [UInt8]? = CredentialChain.read
    ) {
        service = JSONService(
            name: "ssm",
            target: "AmazonSSM",
            version: "1.1",
            environment: environment,
            credentials: credentials,
            send: send,
            clock: clock
        )
        self.now = now
        self.wait = wait
        self.readFile = readFile
    }

    /// Waits on this thread for so many seconds.
    public static let sleep: @Sendable (Double) -> Void = { Thread.sleep(forTimeInterval: $0) }

    /// The values of parameters by the names that were asked for, each at most once; those of SecureStrings decrypted.
    ///
    /// A name is a path (`/purser/model`), with a version or a label behind a colon if need be, or an ARN. Throws where one
    /// of them cannot be read: there is no result with gaps.
    public func values(_ names: [String]) throws(SSMError) -> [String: String] {
        // GetParameters refuses a name that stands twice.
        var seen: Set<String> = []
        let names = names.filter { seen.insert($0).inserted }
        guard !names.isEmpty else { return [:] }
        guard let region = try region(names) else { throw SSMError(names, .noRegion) }
        var values: [String: String] = [:]
        var missing: [String] = []
        for start in stride(from: 0, to: names.count, by: Self.namesPerCall) {
            let some = Array(names[start..<min(start + Self.namesPerCall, names.count)])
            for (name, value) in try get(some, region) {
                values[name] = value
            }
            missing += some.filter { values[$0] == nil }
        }
        if !missing.isEmpty { throw SSMError(missing, .missing(region: region)) }
        return values
    }

    private func region(_ names: [String]) throws(SSMError) -> String? {
        do {
            return try SharedProfiles(service.environment, readFile: readFile).region
        } catch {
            throw SSMError(names, .credentials("\(error)"))
        }
    }

    /// The values of at most ten parameters; those that are not there are left out.
    private func get(_ names: [String], _ region: String) throws(SSMError) -> [String: String] {
        do throws(JSONServiceError) {
            return try Self.values(try call(names, region), names)
        } catch {
            guard case .refused(let fault) = error, names.count > 1, !error.isPassing, !fault.isOfCredentials else {
                throw Self.error(names, error)
            }
        }
        // One name that is refused has all of them refused: asked one by one, it shows which.
        var values: [String: String] = [:]
        var refused: [String] = []
        var first: SSMError?
        for name in names {
            do throws(JSONServiceError) {
                values.merge(try Self.values(try call([name], region), [name])) { $1 }
            } catch {
                let error = Self.error([name], error)
                refused.append(name)
                if first == nil { first = error }
            }
        }
        if let first { throw SSMError(refused, first.reason) }
        return values
    }

    private func call(_ names: [String], _ region: String) throws(JSONServiceError) -> JSONValue {
        let input: JSONValue = ["Names": .array(names.map(JSONValue.string)), "WithDecryption": true]
        var waits = Self.waitsSeconds[...]
        while true {
            do {
                return try service.call("GetParameters", input, region: region, at: now())
            } catch {
                guard error.isPassing, let seconds = waits.popFirst() else { throw error }
                wait(seconds)
            }
        }
    }

    /// The values in an answer by the names that were asked for.
    private static func values(
        _ answer: JSONValue,
        _ names: [String]
    ) throws(JSONServiceError) -> [String: String] {
        guard let parameters = answer["Parameters"]?.array else { throw .elsewhere(status: 200) }
        var found: [String: String] = [:]
        for parameter in parameters {
            guard let value = parameter["Value"]?.string else { throw .elsewhere(status: 200) }
            // Asked for by version or label, a parameter comes with `:3` as its selector.
            let selectors =
                [parameter["Selector"]?.string ?? ""] + [parameter["Version"]?.integer.map { ":\($0)" } ?? ""]
            for name in [parameter["Name"]?.string, parameter["ARN"]?.string].compactMap(\.self) {
                for selector in selectors { found[name + selector] = value }
            }
        }
        return found.filter { names.contains($0.key) }
    }

    private static func error(_ names: [String], _ error: JSONServiceError) -> SSMError {
        switch error {
        case .credentials(let words): SSMError(names, .credentials(words))
        case .refused(let fault) where fault.isOfCredentials: SSMError(names, .credentials(fault.description))
        case .refused(let fault) where fault.shortCode == "AccessDenied": SSMError(names, .denied(fault.description))
        case .refused(let fault) where !fault.isPassing: SSMError(names, .refused(fault.description))
        case .endpoint(let words): SSMError(names, .refused(words))
        case .unanswered, .elsewhere, .refused: SSMError(names, .unavailable(error.description))
        }
    }
}

extension AWSFault {
    /// Whether AWS does not know the keys or what was signed with them, whatever was asked.
    var isOfCredentials: Bool {
        switch shortCode {
        case "UnrecognizedClient", "InvalidClientTokenId", "InvalidAccessKeyId", "InvalidSignature",
            "SignatureDoesNotMatch", "IncompleteSignature", "MissingAuthenticationToken", "ExpiredToken":
            true
        default: false
        }
    }
}
