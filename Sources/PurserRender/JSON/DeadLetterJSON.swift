package import PurserCore

/// Dead letters for programs, without their texts.
package enum DeadLetterJSON {
    /// Schema `purser.deadletters-list/1`; a queue's letters have no totals.
    package static func list(_ letters: [DeadLetter], _ totals: DeadLetterTotals?) -> JSONValue {
        var members: [JSONValue.Member] = [.init("letters", .array(letters.map(letter)))]
        if let totals {
            members += [
                .init("kept", .integer(totals.kept)), .init("refused", .integer(totals.refused)),
                .init("overflowed", .integer(totals.overflowed)), .init("expired", .integer(totals.expired)),
            ]
        }
        return JSONValue(schema: "purser.deadletters-list/1", members)
    }

    private static func letter(_ letter: DeadLetter) -> JSONValue {
        var members = (letter.json.members ?? []).filter { $0.key != "content" && $0.key != "schema" }
        members += [
            .init("hasText", .bool(letter.content != nil)), .init("status", .string(letter.status.rawValue)),
            .init("forwards", .integer(letter.forwards)), .init("forwardError", JSONValue(letter.forwardError)),
        ]
        return .object(members)
    }

    /// Returns letters that were given up: schema `purser.deadletters-drop/1`.
    package static func dropped(_ requestIds: [String]) -> JSONValue {
        JSONValue(schema: "purser.deadletters-drop/1", ["dropped": .array(requestIds.map(JSONValue.string))])
    }

    /// Returns letters that were sent to a queue: schema `purser.deadletters-forward/1`.
    package static func forwarded(_ done: Forwarded) -> JSONValue {
        JSONValue(
            schema: "purser.deadletters-forward/1",
            [
                "sent": .integer(done.sent), "refused": .integer(done.refused), "busy": .bool(done.isBusy),
                "error": JSONValue(done.error ?? done.failure),
            ]
        )
    }

    /// The text before, between and after the letters of schema `purser.deadletters-redrive/1`, which is written
    /// one letter at a time.
    package static let redriven = (
        start: #"{"schema":"purser.deadletters-redrive/1","letters":["#, separator: ",", end: "]}"
    )

    /// Returns a letter that was retried; its result is a word such as `answered`, and its answer is nil if it has none.
    package static func redriven(_ requestId: String, _ result: String, _ answer: ChatAnswer?) -> JSONValue {
        [
            "requestId": .string(requestId),
            "result": .string(result),
            "answer": JSONValue(answer?.response.text),
            "document": answer?.response.document.flatMap {
                try? JSONValue(parsing: String(decoding: $0, as: UTF8.self))
            }
                ?? .null,
            "model": JSONValue(answer?.modelId),
            "inputTokens": answer.map { .integer($0.response.usage.input) } ?? .null,
            "outputTokens": answer.map { .integer($0.response.usage.output) } ?? .null,
            "cost": JSONValue(answer?.cost.description),
        ]
    }
}
