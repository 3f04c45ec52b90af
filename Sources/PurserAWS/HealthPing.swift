import PurserHTTP

/// Fetches the URL of a dead man's switch; throws if the response's status is not 2xx.
///
/// The URL contains a secret, so errors name only its host.
package func ping(_ url: String) throws {
    let request = HTTPRequest(url: try HTTPURL(url))
    let response = try HTTPClient().send(request)
    guard (200...299).contains(response.status) else {
        throw HealthPingError(host: request.url.host, status: response.status)
    }
}

/// A dead man's switch that refused the ping.
package struct HealthPingError: Error, Equatable, CustomStringConvertible {
    package let host: String
    package let status: Int

    package var description: String {
        "\(host): the ping returned status \(status)"
    }
}
