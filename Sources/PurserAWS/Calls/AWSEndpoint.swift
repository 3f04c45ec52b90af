package import PurserHTTP

/// The address of a service in a region.
///
/// As in the AWS tools, the service's variable (such as `AWS_ENDPOINT_URL_SNS`) is used first, then `AWS_ENDPOINT_URL`,
/// then the region's public address. If `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true`, both variables are ignored.
package struct AWSEndpoint: Sendable, Equatable {
    package let url: HTTPURL

    /// - Parameters:
    ///   - service: The service's name in its address: `sns`, `bedrock-runtime`.
    ///   - region: `us-east-1`.
    package init(service: String, region: String, environment: [String: String]) throws(AWSEndpointError) {
        if let configured = try Self.configured(service: service, environment: environment) {
            url = configured
            return
        }
        // The region becomes part of a host name: any other character in it could lead to another host.
        guard !region.isEmpty, region.utf8.allSatisfy(Self.isOfHostLabel) else { throw .region(region) }
        do {
            url = try HTTPURL("https://\(service).\(region).\(Self.domain(ofRegion: region))/")
        } catch {
            throw .region(region)
        }
    }

    /// Returns the address from the environment variables, or nil if neither is set.
    static func configured(
        service: String,
        environment: [String: String]
    ) throws(AWSEndpointError) -> HTTPURL? {
        let ownVariable = "AWS_ENDPOINT_URL_" + String(service.uppercased().map { $0 == "-" ? "_" : $0 })
        let isIgnored = environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.lowercased() == "true"
        for variable in isIgnored ? [] : [ownVariable, "AWS_ENDPOINT_URL"] {
            guard let text = environment[variable], !text.isEmpty else { continue }
            do {
                return try HTTPURL(text)
            } catch {
                throw .variable(variable, error)
            }
        }
        return nil
    }

    private static func isOfHostLabel(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }

    private static func domain(ofRegion region: String) -> String {
        region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
    }
}

/// Why a service has no address.
package enum AWSEndpointError: Error, Equatable, CustomStringConvertible {
    case variable(String, HTTPURLError)
    case region(String)

    package var description: String {
        switch self {
        case .variable(let name, let error): "\(name): \(error)"
        case .region(let region): "\"\(region)\" is not the name of an AWS region"
        }
    }
}
