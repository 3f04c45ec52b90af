public import PurserAWS
public import PurserCore

extension ServerProcess {
    /// Starts `purserd` as ``purserd(store:environment:)`` does, with a fake Bedrock behind it.
    public static func purserd(
        store: String,
        bedrock: FakeBedrockProcess,
        environment: [String: String] = [:]
    ) throws -> ServerProcess {
        let model = ["PURSERD_MODEL": "bedrock", "PURSERD_MODEL_ID": "amazon.nova-lite-v1:0"]
        let all = bedrock.environment.merging(model) { $1 }.merging(environment) { $1 }
        return try purserd(store: store, environment: all)
    }

    /// Asks for a page of the server.
    public func get(_ path: String) throws -> HTTPResponse {
        try HTTPClient().send(HTTPRequest(url: HTTPURL("http://" + address + path)))
    }

    /// Sends the server JSON.
    public func post(_ path: String, _ body: JSONValue, headers: [HTTPHeader] = []) throws -> HTTPResponse {
        try HTTPClient().send(
            HTTPRequest(
                method: "POST",
                url: HTTPURL("http://" + address + path),
                headers: [HTTPHeader("Content-Type", "application/json")] + headers,
                body: Array(body.text().utf8)
            )
        )
    }
}
