import PurserAWS
import PurserCore
import PurserHTTP
import Synchronization
import TestSupport
import Testing

/// Records the requests that a chain sends and answers each with `answer`.
final class ScriptedServices: Sendable {
    let sent = Mutex<[HTTPRequest]>([])
    let answer: @Sendable (HTTPRequest) throws -> HTTPResponse

    init(_ answer: @escaping @Sendable (HTTPRequest) throws -> HTTPResponse) {
        self.answer = answer
    }

    var requests: [HTTPRequest] { sent.withLock { $0 } }

    func send(_ request: HTTPRequest) throws -> HTTPResponse {
        sent.withLock { $0.append(request) }
        return try answer(request)
    }
}

let scriptedTime = Timestamp(year: 2026, month: 11, day: 24, hour: 1)

func roleAnswer(_ id: String) -> HTTPResponse {
    let text = """
        <AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>\(id)</AccessKeyId>
        <SecretAccessKey>se&amp;cret</SecretAccessKey><SessionToken>\(String(repeating: "t", count: 900))</SessionToken>
        <Expiration>2026-11-24T02:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>
        """
    return HTTPResponse(status: 200, body: Array(text.utf8))
}

func scriptedChain(
    _ files: [String: String],
    _ environment: [String: String] = [:],
    _ services: ScriptedServices
) -> CredentialChain {
    CredentialChain(
        environment: ["HOME": "/h"].merging(environment) { $1 },
        send: { request, _, _ in try services.send(request) },
        now: { scriptedTime },
        readFile: { files[$0].map { Array($0.utf8) } }
    )
}

let withoutInstance = ["AWS_EC2_METADATA_DISABLED": "true"]
