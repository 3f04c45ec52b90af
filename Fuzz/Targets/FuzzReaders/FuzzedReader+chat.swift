import PurserCore

@testable import ChatService

extension FuzzedReader {
    /// Reads a message of the queue of dead letters; one that was read must stay the same when sent and read again.
    static func deadLetter(_ text: String) {
        guard let letter = DeadLetter(queueBody: text) else { return }
        let again = DeadLetter(queueBody: letter.queueBody)
        precondition(again?.queueBody == letter.queueBody, "the letter changes when it is sent")
        if let request = try? letter.request(id: "again") { use(request.content) }
    }

    /// Reads a Converse request, bounds its cost at every price, and writes the request to the model.
    static func converse(_ input: [UInt8]) {
        guard let document = try? ConverseDocument(parsing: input) else { return }
        use(.converse(document, modelId: "amazon.nova-lite-v1:0"))
        let entries = [RequestMetadata.Entry("requestId", "r"), RequestMetadata.Entry("team", "\u{0}é")]
        for metadata in [[], entries] {
            for limit in [1, document.maxTokens ?? 500] {
                let body = document.body(maxTokens: limit, metadata: metadata)
                let sent = try? JSONValue(parsing: String(decoding: body, as: UTF8.self))
                let found = sent?["inferenceConfig"]?["maxTokens"]?.integer
                precondition(found == limit, "the request to the model has another limit")
            }
        }
    }

    /// Reads a chat message.
    static func chat(_ input: [UInt8]) {
        if let content = try? ChatRequest.Content(chat: input) { use(content) }
    }

    /// Reads a response of Converse, and the same bytes as each kind of event.
    static func answer(_ input: [UInt8]) {
        var usages: [TokenUsage] = []
        if let response = try? ModelResponse(converse: input) {
            usages.append(response.usage)
            _ = response.converseDocument(latencyMilliseconds: 1)
        }
        for type in ["contentBlockDelta", "messageStop", "metadata"] {
            let event = ConverseEvent(type: type, payload: input)
            _ = (event.text, event.stopReason)
            if let usage = event.usage { usages.append(usage) }
        }
        for usage in usages {
            for price in prices.prices { _ = try? price.cost(of: usage) }
            _ = usage.converse
        }
    }

    /// Does with a request what the service does before it calls the model.
    private static func use(_ content: ChatRequest.Content) {
        let input: ModelInput
        switch content {
        case .message(let message, let conversation):
            for text in [message] + conversation.map(\.text) {
                _ = InjectionRule.matches(ChatService.withoutControlCharacters(text))
            }
            input = .chat(system: "s", messages: conversation + [ChatMessage(.user, message)])
            _ = input.body(maxTokens: 1)
        case .converse(let document, _): input = .converse(document)
        }
        for price in prices.prices {
            let tokens = input.bound.mostTokens(at: price)
            precondition(tokens >= 0, "a negative number of tokens")
            _ = try? price.worstCase(
                inputTokens: tokens,
                maxOutputTokens: 1_000_000,
                mayWriteCache: input.mayWriteCache
            )
        }
    }
}
