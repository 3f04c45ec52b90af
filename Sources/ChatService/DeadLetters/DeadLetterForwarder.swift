import PurserAWS
package import PurserCore
package import PurserStore
import Synchronization

/// Sends the store's letters to a queue, at least once each and always with the same id, and deletes expired ones.
///
/// A letter is removed from the store after SQS has accepted it. This is a class because it remembers how long to leave
/// a failing queue alone.
package final class DeadLetterForwarder: Sendable {
    /// Sends a message, given its body, its id and the time; throws ``SQSError``.
    package typealias Send = @Sendable (String, String, Timestamp) throws -> Void

    /// The maximum number of letters per pass, to keep a pass short enough for a shutdown.
    package static let mostPerPass = 100
    private static let longestPauseSeconds = 300

    private struct Pause {
        var failures = 0
        var until = Timestamp(milliseconds: .min)
    }

    private let store: Store
    private let days: Int
    private let send: Send?
    private let pause = Mutex(Pause())

    /// Creates a forwarder to the configured queue, with the credentials and the endpoint from the environment.
    package convenience init(store: Store, settings: DeadLetterSettings, environment: [String: String]) {
        var send: Send?
        if let queue = settings.queue {
            let client = SQSClient(queue: queue, AWSSession(environment: environment))
            send = { body, id, time in _ = try client.send(body, id: id, at: time) }
        }
        self.init(store: store, days: settings.days, send: send)
    }

    /// Creates a forwarder that uses `send`; without it, letters stay in the store for `days` days.
    package init(store: Store, days: Int, send: Send?) {
        self.store = store
        self.days = days
        self.send = send
    }

    /// Makes one pass. It waits for SQS, so it belongs on a thread that nothing else waits for.
    ///
    /// If another process is forwarding or redriving letters, it does nothing. After a failure, it leaves the queue
    /// alone for 1, 2, 4 and so on up to 300 s, and its letters stay in the store. A store error ends the pass and is
    /// part of its result.
    package func forwardDue(at time: Timestamp) throws -> Forwarded {
        let done = try store.whileAlone(in: .deadLetters) {
            var done = Forwarded()
            do {
                try forwardAll(at: time, &done)
            } catch {
                done.failure = "\(error)"
            }
            return done
        }
        return done ?? Forwarded(isBusy: true)
    }

    private func forwardAll(at time: Timestamp, _ done: inout Forwarded) throws {
        done.expired = try store.expireDeadLetters(before: time - days * 86_400)
        // They are kept as long as letters are.
        try store.expireRefusedRequests(before: time - days * 86_400)
        guard let send, pause.withLock({ $0.until <= time }) else { return }
        for letter in try store.unforwardedDeadLetters(limit: Self.mostPerPass) {
            done.error = try forward(letter, send, at: time, &done)
            pause.withLock { pause in
                if done.error == nil {
                    pause = Pause()
                } else {
                    pause.failures += 1
                    let seconds = min(1 << min(pause.failures - 1, 20), Self.longestPauseSeconds)
                    pause.until = time + seconds
                }
            }
            if done.error != nil { return }
        }
    }

    /// Returns why the queue does not accept messages at the moment; nil if it accepted this letter or rejected only
    /// this one.
    private func forward(
        _ letter: DeadLetter,
        _ send: Send,
        at time: Timestamp,
        _ done: inout Forwarded
    ) throws -> String? {
        do {
            try send(letter.queueBody, letter.requestId, time)
        } catch let error as SQSError {
            guard error.kind == .message else {
                try store.markUnforwarded(letter.requestId, error: error.description)
                return error.description
            }
            try store.markRefused(letter.requestId, error: error.description)
            done.refused += 1
            return nil
        }
        done.sent += 1
        try store.removeDeadLetters([letter.requestId])
        return nil
    }
}
