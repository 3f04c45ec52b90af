package import PurserCore

/// Dead letters as text; never their content.
package enum DeadLetterText {
    package static func list(_ letters: [DeadLetter]) -> TextTable {
        TextTable(
            [
                .init("TIME"), .init("REQUEST ID"), .init("MODEL", leastWidth: 10), .init("ERROR", leastWidth: 10),
                .init("ATTEMPTS", .trailing, dropRank: 1), .init("TEAM", dropRank: 3), .init("TEXT"),
                .init("REDRIVES", .trailing, dropRank: 2), .init("QUEUE", dropRank: 4),
            ],
            rows: letters.map { letter in
                [
                    letter.time.floored(toSeconds: 1).iso8601(), letter.requestId, letter.modelId, letter.error,
                    String(letter.attempts), letter.caller.team ?? "", letter.content == nil ? "no" : "yes",
                    String(letter.redrives),
                    letter.forwardError.map { (letter.status == .refused ? "refused: " : "waits: ") + $0 } ?? "",
                ]
            }
        )
    }

    /// Returns a note about messages of a queue that are no dead letters of Purser's.
    package static func foreign(_ count: Int) -> String {
        let words = count == 1 ? "is not a dead letter" : "are not dead letters"
        return count.counted("message") + " in the queue \(words) of Purser's"
    }

    /// Returns the text for a letter that was retried: its answer, or the reason why it has none.
    package static func redriven(_ requestId: String, _ result: String, _ answer: ChatAnswer?, reason: String) -> String
    {
        let words = answer.map { answer in
            "\(answer.modelId), \(answer.response.usage.input) tokens in, \(answer.response.usage.output) out, $\(answer.cost)"
        }
        return "\(requestId) \(result): \(words ?? reason)"
    }
}
