import Foundation
package import PurserCore

/// Reads parameters from AWS Systems Manager's Parameter Store, decrypted.
///
/// Every call blocks until its response arrives, so use it when a program starts, not on a thread that others wait for.
package struct SSMClient: Sendable {
    /// The most names that GetParameters accepts.
    private static let namesPerCall = 10
    private static let waitsSeconds: [Double] = [1, 2]

    private let service: JSONService
    private let now: @Sendable () -> Timestamp
    private let wait: @Sendable (Double) -> Void
    private let readFile: @Sendable (String) throws -> [UInt8]?

    /// - Parameters:
    ///   - session: Its environment also provides the region (AWS_REGION, AWS_DEFAULT_REGION or the profile).
    ///   - now: This machine's time.
    ///   - wait: Waits for this many seconds between two attempts.
    ///   - readFile: Reads the shared files for the profile's region.
    package init(
        _ session: AWSSession,
        now: @escaping @Sendable () -> Timestamp = WallClock.now,
        wait: @escaping @Sendable (Double) -> Void = Self.sleep,
        readFile: @escaping @Sendable (String) throws -> [UInt8]? = CredentialChain.read
    ) {
        service = JSONService(session, name: "ssm", target: "AmazonSSM", version: "1.1")
        self.now = now
        self.wait = wait
        self.readFile = readFile
    }

    /// Blocks this thread for this many seconds.
    package static let sleep: @Sendable (Double) -> Void = { Thread.sleep(forTimeInterval: $0) }

    /// Returns the values of parameters, keyed by the names in the request; duplicate names are requested only once,
    /// and SecureStrings are decrypted.
    ///
    /// A name is a path (`/purser/model`), optionally with a version or a label after a colon, or an ARN. Throws if one
    /// of them cannot be read: there are no partial results.
    package func values(_ names: [String]) throws(SSMError) -> [String: String] {
        // GetParameters rejects duplicate names.
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
            return try SharedProfiles(service.session.environment, readFile: readFile).region
        } catch {
            throw SSMError(names, .credentials("\(error)"))
        }
    }

    /// Returns the values of at most ten parameters; missing ones are left out.
    private func get(_ names: [String], _ region: String) throws(SSMError) -> [String: String] {
        do throws(AWSCallError) {
            return try Self.values(try call(names, region), names)
        } catch {
            guard case .refused(let fault) = error, names.count > 1, !error.isPassing, !fault.isOfCredentials else {
                throw Self.error(names, error)
            }
        }
        // One rejected name fails the whole call; asking for the names one by one shows which it is.
        var values: [String: String] = [:]
        var refused: [String] = []
        var first: SSMError?
        for name in names {
            do throws(AWSCallError) {
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

    private func call(_ names: [String], _ region: String) throws(AWSCallError) -> JSONValue {
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

    /// Returns the values in a response, keyed by the names in the request.
    private static func values(
        _ answer: JSONValue,
        _ names: [String]
    ) throws(AWSCallError) -> [String: String] {
        guard let parameters = answer["Parameters"]?.array else { throw .elsewhere(status: 200) }
        var found: [String: String] = [:]
        for parameter in parameters {
            guard let value = parameter["Value"]?.string else { throw .elsewhere(status: 200) }
            // A parameter requested by version or label has a selector such as `:3`.
            let selectors =
                [parameter["Selector"]?.string ?? ""] + [parameter["Version"]?.integer.map { ":\($0)" } ?? ""]
            for name in [parameter["Name"]?.string, parameter["ARN"]?.string].compactMap(\.self) {
                for selector in selectors { found[name + selector] = value }
            }
        }
        return found.filter { names.contains($0.key) }
    }

    private static func error(_ names: [String], _ error: AWSCallError) -> SSMError {
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
