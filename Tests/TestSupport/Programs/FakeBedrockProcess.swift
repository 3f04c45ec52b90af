import Foundation
import PurserAWS
package import PurserCore
import PurserHTTP

/// The program `FakeBedrock`: a Bedrock on the loopback interface that verifies signatures and bills what it serves.
package final class FakeBedrockProcess {
    package static let accessKeyID = "AKIDEXAMPLE"
    package static let secretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

    package let server: ServerProcess
    package let port: Int
    private let journalPath: String?

    /// - Parameters:
    ///   - arguments: Flags of the program, such as `["--script", "throttling,ok"]`.
    ///   - journal: The path of the file to which every billed call is written as a line.
    package init(_ arguments: [String] = [], journal: String? = nil) throws {
        journalPath = journal
        server = try ServerProcess(
            executable: ServerProcess.path(ofBuilt: "FakeBedrock"),
            arguments: arguments + (journal.map { ["--journal", $0] } ?? []),
            environment: Self.credentials,
            isReady: { $0["port"] != nil }
        )
        port = server.ready["port"]?.integer ?? 0
    }

    /// Runs a test's body with a fake, and stops the fake however the body ends.
    package static func with<Value>(
        _ arguments: [String] = [],
        journal: String? = nil,
        _ body: (FakeBedrockProcess) throws -> Value
    ) throws -> Value {
        let fake = try FakeBedrockProcess(arguments, journal: journal)
        defer { fake.stop() }
        return try body(fake)
    }

    package var endpoint: String {
        "http://127.0.0.1:\(port)"
    }

    /// The variables of the credentials that it accepts.
    package static var credentials: [String: String] {
        ["AWS_ACCESS_KEY_ID": accessKeyID, "AWS_SECRET_ACCESS_KEY": secretAccessKey]
    }

    /// The variables that a program needs to call this Bedrock.
    package var environment: [String: String] {
        Self.credentials.merging([
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": endpoint, "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        ]) { $1 }
    }

    package func stop() {
        server.stop()
    }

    /// Returns its bill: `calls`, `inputTokens`, `outputTokens`, `delivered`, and counts of `requests`, `refused`,
    /// `errors` by name, `connections` and `mostConnections`.
    package func served() throws -> JSONValue {
        let response = try HTTPClient.patient.send(HTTPRequest(url: HTTPURL(endpoint + "/served")))
        return try JSONValue(parsing: response.text)
    }

    /// Sets the faults of the next calls: names of faults or `ok`, followed by probabilities such as `stall=0.1`.
    package func setFaults(script: [String] = [], _ faults: [String] = []) throws {
        let body: JSONValue = [
            "script": .string(script.joined(separator: ",")), "faults": .array(faults.map(JSONValue.string)),
        ]
        let request = HTTPRequest(
            method: "POST",
            url: try HTTPURL(endpoint + "/faults"),
            body: Array(body.text().utf8)
        )
        let response = try HTTPClient.patient.send(request)
        guard response.status == 200 else { throw PeerError("FakeBedrock: \(response.text)") }
    }

    /// Returns the billed calls, in the order of billing.
    package func journal() throws -> [BilledCall] {
        guard let journalPath else { return [] }
        let text = try String(contentsOfFile: journalPath, encoding: .utf8)
        return try text.split(separator: "\n").map { try BilledCall(JSONValue(parsing: String($0))) }
    }
}

/// A call that the fake has billed.
package struct BilledCall: Sendable, Equatable {
    package var number: Int
    package var modelId: String
    package var isStream: Bool
    package var usage: TokenUsage
    /// Whether the whole answer was sent over an open connection; the client may have died anyway.
    package var isDelivered: Bool
    package var fault: String?
    package var requestMetadata: JSONValue
    /// The first 80 characters of the last message's text.
    package var message: String

    init(_ line: JSONValue) throws {
        guard let number = line["call"]?.integer, let modelId = line["model"]?.string,
            let isStream = line["stream"]?.boolean, let input = line["inputTokens"]?.integer,
            let output = line["outputTokens"]?.integer, let isDelivered = line["delivered"]?.boolean
        else { throw PeerError("\(line.text()) is not a line of a journal") }
        self.number = number
        self.modelId = modelId
        self.isStream = isStream
        usage = TokenUsage(input: input, output: output)
        self.isDelivered = isDelivered
        fault = line["fault"]?.string
        requestMetadata = line["requestMetadata"] ?? .null
        message = line["message"]?.string ?? ""
    }
}
