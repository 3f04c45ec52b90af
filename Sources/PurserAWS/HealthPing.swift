/// Fetches the address of a dead man's switch, which raises its alarm when the fetches stop.
public enum HealthPing {
    /// Any answer of 2xx is good; the error names the host alone, since the rest of such an address is a secret.
    public static func send(_ address: String) throws {
        let url = try HTTPURL(address)
        let response = try HTTPClient(timeoutSeconds: 10).send(HTTPRequest(method: "GET", url: url))
        guard (200..<300).contains(response.status) else {
            throw Refusal(host: url.host, status: response.status)
        }
    }

    struct Refusal: Error, CustomStringConvertible {
        let host: String
        let status: Int

        var description: String {
            "\(host) answered with the status \(status)"
        }
    }
}
