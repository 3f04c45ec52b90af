package import PurserAWS
package import PurserHTTP

extension AWSSession {
    /// Creates a session without a network: `send` returns the responses.
    package init(
        environment: [String: String] = [:],
        keys: @escaping @Sendable () throws -> AWSCredentials = {
            AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret")
        },
        send: @escaping @Sendable (HTTPRequest) throws -> HTTPResponse
    ) {
        self.init(environment: environment, credentials: CredentialSource(find: keys), send: send)
    }
}
