import ChatService
import PurserCore

extension TrafficTally {
    mutating func count(_ outcome: ChatOutcome) {
        switch outcome {
        case .answered(let answer):
            answered += 1
            retries += answer.retries
            inputTokens += answer.response.usage.input
            outputTokens += answer.response.usage.output
            cost += answer.cost
        case .failed(let failure):
            failed += 1
            retries += failure.retries
            cost += failure.cost
        case .refused(let refusal):
            refused[refusal.kind.code, default: 0] += 1
        case .known:
            known += 1
        }
    }
}

/// The note that a run stores with its writer, to find it when it is run again.
struct TrafficNote {
    var options: String
    var isFinished = false
    var tally = TrafficTally()

    init(options: String) {
        self.options = options
    }

    init(json text: String) throws {
        let value = try JSONValue(parsing: text)
        options = value["options"]?.string ?? ""
        isFinished = value["finished"]?.boolean ?? false
        tally = TrafficTally(json: value["tally"] ?? .null)
    }

    var json: JSONValue {
        ["options": .string(options), "finished": .bool(isFinished), "tally": .object(tally.json)]
    }
}
