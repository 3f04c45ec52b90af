import PurserAWS
import Testing

@testable import ChatService
@testable import PurserServer

@Suite struct ServiceLogTests {
    private static let canary = "You said: CANARY"

    @Test(
        "no message of Bedrock's reaches the log, whatever its name, because it can quote the request",
        arguments: ModelError.Name.allCases.map(\.rawValue) + ["NewException"],
        [nil, 400, 403, 404, 429, 500, 503, 504]
    )
    func bedrock(name: String, status: Int?) {
        let error = ModelError(BedrockError(.exception(name, status: status), Self.canary))
        #expect(ServiceLog.text(error) == error.name.rawValue)
        #expect(ServiceLog.text(ModelError(error.name, Self.canary, isOwnMessage: false)) == error.name.rawValue)
    }

    @Test("Purser's own messages and Bedrock's fixed ones are logged")
    func known() {
        let own = ModelError(
            BedrockError(.elsewhere(status: 404), "HTTP status 404, and the response is not from Bedrock")
        )
        #expect(
            ServiceLog.text(own) == "ResourceNotFoundException: HTTP status 404, and the response is not from Bedrock"
        )
        #expect(ServiceLog.text(ModelError(.timeout, "no answer within 30 s")) == "Timeout: no answer within 30 s")
        let busy = "Too many tokens, please wait before trying again."
        let throttled = ModelError(BedrockError(.exception("ThrottlingException", status: 429), busy))
        #expect(ServiceLog.text(throttled) == "ThrottlingException: " + busy)
    }
}
