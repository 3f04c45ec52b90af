import ChatService
import Foundation
import Purser
import PurserAWS
import PurserCore
import PurserHTTP
import PurserStore

extension Session {
    /// Returns the environment with the `ssm:` values of Purser's own variables read from Parameter Store.
    func resolvedEnvironment() throws -> [String: String] {
        let client = SSMClient(AWSSession(environment: environment))
        // The value of another program's variable may also begin with `ssm:` but mean something else.
        let own = environment.filter { $0.key.hasPrefix("PURSER") }
        return environment.merging(try client.resolved(own)) { $1 }
    }

    /// Returns a client for the queue with this URL.
    func queue(_ url: String) throws -> SQSClient {
        let queue: SQSQueue
        do {
            queue = try SQSQueue(url, environment: environment)
        } catch {
            throw UsageError("--queue: \(error)")
        }
        return SQSClient(
            queue: queue,
            AWSSession(
                environment: environment,
                http: HTTPClient(
                    responseLimitBytes: SQSClient.responseLimitBytes,
                    certificateBundle: HTTPClient.certificateBundle(environment)
                )
            )
        )
    }

    /// Receives the letters of a queue, and returns them with the number of other messages; all are released again.
    func letters(of queue: SQSClient, limit: Int) throws -> (letters: [DeadLetter], foreign: Int) {
        var messages: [String: SQSMessage] = [:]
        defer {
            // Messages that cannot be released become visible again after a minute.
            for message in messages.values { try? queue.release(message, at: .now) }
        }
        var letters: [DeadLetter] = []
        var foreign = 0
        while letters.count < limit {
            let received = try queue.receive(most: limit - letters.count, hiddenSeconds: 60, at: .now)
            let new = received.filter { messages[$0.id] == nil }
            for message in received { messages[message.id] = message }
            if new.isEmpty { break }
            for message in new {
                if let letter = DeadLetter(queueBody: message.body) {
                    letters.append(letter)
                } else {
                    foreign += 1
                }
            }
        }
        return (letters, foreign)
    }
}

extension Store {
    /// Empties the write-ahead log if it may have the text of a removed letter. The letters are removed already, so a
    /// failure is only reported.
    func eraseOrSay() {
        do {
            if try eraseRemovedTexts() { return }
            say(
                "purser: the texts of removed letters stay in \(path)-wal until a program that is reading the store ends"
            )
        } catch {
            say("purser: the texts of removed letters are still in \(path)-wal: \(error)")
        }
    }

    /// Returns the letters with these ids; throws if one of them has no letter.
    func letters(named ids: [String]) throws -> [DeadLetter] {
        var letters: [DeadLetter] = []
        for id in ids {
            let found = try deadLetters(of: id)
            if found.isEmpty { throw CommandFailure("there is no letter with the id \(id); nothing was done") }
            letters += found.filter { letter in !letters.contains { $0.requestId == letter.requestId } }
        }
        return letters
    }
}
