@testable import ChatService
import PurserCore
import Testing

@Suite struct RequestMetadataTests {
    private static let entries = RequestMetadata.entries(
        requestId: "R1",
        caller: Caller(user: "ann é\"", team: "crew", application: "bot")
    )

    private static func sent(_ body: String, limit: Int? = 64) throws -> JSONValue {
        let document = try ConverseDocument(parsing: Array(body.utf8))
        let bytes = document.body(maxTokens: limit ?? 64, metadata: entries)
        return try JSONValue(parsing: String(decoding: bytes, as: UTF8.self))
    }

    private static let messages = #""messages":[{"role":"user","content":[{"text":"é"}]}]"#

    @Test("every request names its call and its caller, and keeps everything else byte for byte")
    func stamped() throws {
        let own = #" {\#(Self.messages), "inferenceConfig":{"maxTokens":64,"temperature":0.30}}"#
        let document = try ConverseDocument(parsing: Array(own.utf8))
        let text = String(decoding: document.body(maxTokens: 64, metadata: Self.entries), as: UTF8.self)
        #expect(text.hasSuffix(own.dropFirst(2)) && text.hasPrefix(#" {"requestMetadata":{"requestId":"R1""#))
        let metadata = try #require(try Self.sent(own)["requestMetadata"])
        #expect(metadata["team"] == "crew" && metadata["application"] == "bot" && metadata["user"] == "ann __")
        #expect(try Self.sent(own, limit: 10)["inferenceConfig"]?["maxTokens"]?.integer == 10)
    }

    @Test("the caller's own entries stay, but none of them can replace one that names the call")
    func callersEntries() throws {
        let own =
            #"{"requestMetadata":{"job":"7","Team":"another","USERID":"another","app":"x","REQUESTID":"R2"},\#(Self.messages)}"#
        let metadata = try #require(try Self.sent(own)["requestMetadata"])
        #expect(metadata["job"] == "7" && metadata["team"] == "crew" && metadata["requestId"] == "R1")
        #expect(metadata.members?.map(\.key).sorted() == ["application", "job", "requestId", "team", "user"])
    }

    @Test("no more entries are sent than Bedrock accepts, and the call's id is always among them")
    func most() throws {
        let many = (0..<15).map { #""k\#($0)":"v""# }.joined(separator: ",")
        let metadata = try #require(
            try Self.sent(#"{"requestMetadata":{\#(many)},\#(Self.messages)}"#)["requestMetadata"]
        )
        #expect(metadata.members?.count == RequestMetadata.mostEntries && metadata["requestId"] == "R1")
        let tooMany = (0..<16).map { #""k\#($0)":"v""# }.joined(separator: ",")
        let refusal = #expect(throws: ChatRefusal.self) {
            try Self.sent(#"{"requestMetadata":{\#(tooMany)},\#(Self.messages)}"#)
        }
        #expect(refusal?.message.hasPrefix("requestMetadata: at most 15") == true)
    }

    @Test("a chat's request names its call as well")
    func chat() throws {
        let input = ModelInput.chat(system: "s", messages: [ChatMessage(.user, "?")])
        let body = try JSONValue(
            parsing: String(decoding: input.body(maxTokens: 5, metadata: Self.entries), as: UTF8.self)
        )
        #expect(body["requestMetadata"]?["requestId"] == "R1" && body["inferenceConfig"]?["maxTokens"]?.integer == 5)
    }
}
