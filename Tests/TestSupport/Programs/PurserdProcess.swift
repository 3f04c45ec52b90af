import PurserAWS
package import PurserCore
package import PurserHTTP

/// The `purserd` that was built with the tests, as an operator starts it.
package final class PurserdProcess {
    package let server: ServerProcess
    /// `127.0.0.1:PORT`.
    package let address: String

    /// Starts it on a store, without sign-in, on a free port of the loopback interface, unless `environment` says
    /// otherwise.
    package init(
        store: String,
        arguments: [String] = [],
        environment: [String: String] = [:]
    ) throws {
        let own = [
            "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/nonexistent", "TZ": "UTC",
            "AWS_EC2_METADATA_DISABLED": "true", "PURSERD_LISTEN": "127.0.0.1:0", "PURSER_STORE": store,
            "PURSERD_AUTH": "none",
        ]
        server = try ServerProcess(
            executable: ServerProcess.path(ofBuilt: "purserd"),
            arguments: arguments,
            environment: own.merging(environment) { $1 },
            isReady: { $0["ready"] == true }
        )
        address = server.ready["listen"]?.string ?? ""
    }

    /// Starts it in front of a fake Bedrock.
    package convenience init(
        store: String,
        bedrock: FakeBedrockProcess,
        environment: [String: String] = [:]
    ) throws {
        let model = ["PURSERD_MODEL": "bedrock", "PURSERD_MODEL_ID": "amazon.nova-lite-v1:0"]
        try self.init(
            store: store,
            environment: bedrock.environment.merging(model) { $1 }.merging(environment) { $1 }
        )
    }

    /// Starts it with the embedded model, which makes no calls.
    package static func embedded(store: String, environment: [String: String] = [:]) throws -> PurserdProcess {
        try PurserdProcess(store: store, environment: ["PURSERD_MODEL": "embedded"].merging(environment) { $1 })
    }

    /// The port of ``address``.
    package var port: String {
        String(address.split(separator: ":").last ?? "")
    }

    package var portNumber: Int {
        Int(port) ?? 0
    }

    package func url(_ path: String) -> String {
        "http://" + address + path
    }

    package func get(_ path: String, headers: [HTTPHeader] = []) throws -> HTTPResponse {
        try HTTPClient.patient.send(HTTPRequest(url: HTTPURL(url(path)), headers: headers))
    }

    package func post(_ path: String, _ body: JSONValue, headers: [HTTPHeader] = []) throws -> HTTPResponse {
        try HTTPClient.patient.send(
            HTTPRequest(
                method: "POST",
                url: HTTPURL(url(path)),
                headers: [HTTPHeader("Content-Type", "application/json")] + headers,
                body: Array(body.text().utf8)
            )
        )
    }

    /// Stops it, waits for its end, and returns its exit code.
    @discardableResult
    package func stop() -> Int32 {
        server.stop()
    }

    /// Ends it as `kill -9` does.
    package func kill() {
        server.kill()
    }
}
