import PurserAWS
package import PurserCore
package import PurserStore

/// Delivers the messages of the outbox: at least once each, always with the same id.
///
/// No transaction is open while a message is in flight, so other processes can write; a message is marked after the
/// service has accepted it.
package struct OutboxSender: Sendable {
    /// How many times a new message is tried. A message left from an earlier run is tried once, and so is every message
    /// after one that could not be delivered: the service is probably down, and the next run is a minute away.
    package static let attemptsPerRun = 3

    private let store: Store
    private let deliver: @Sendable (OutboxMessage) -> PublishResult
    private let now: @Sendable () -> Timestamp
    private let sleep: @Sendable (Duration) -> Void
    private let jitter: @Sendable () -> Double

    /// Creates a sender that uses `deliver`; `sleep` waits between attempts, and `jitter` returns numbers from 0 to 1.
    package init(
        store: Store,
        deliver: @escaping @Sendable (OutboxMessage) -> PublishResult,
        now: @escaping @Sendable () -> Timestamp,
        sleep: @escaping @Sendable (Duration) -> Void,
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.store = store
        self.deliver = deliver
        self.now = now
        self.sleep = sleep
        self.jitter = jitter
    }

    /// Tries every waiting message, the oldest first; returns nil without trying any if another process is sending.
    ///
    /// A store error ends the run and is part of its report.
    package func run() throws -> DeliveryReport? {
        try store.whileAlone(in: .send) {
            var report = DeliveryReport()
            do {
                try sendAll(&report)
            } catch {
                report.failure = "\(error)"
            }
            return report
        }
    }

    private func sendAll(_ report: inout DeliveryReport) throws {
        report.failedBefore = try store.messageCount(.failed)
        var tried: Set<String> = []
        // Another run may have queued a message while this one was sending.
        while true {
            let messages = try store.messages(.pending, limit: 100_000).filter { tried.insert($0.id).inserted }
            if messages.isEmpty { return }
            for message in messages { try send(message, &report) }
        }
    }

    private func send(_ message: OutboxMessage, _ report: inout DeliveryReport) throws {
        var message = message
        // The latest message about an alarm must arrive last: no message overtakes an earlier one of the same alarm and
        // topic.
        if let earlier = report.waiting.first(where: {
            $0.about.isSameSeries(as: message.about) && $0.target == message.target
        }) {
            message.error = "waits for \(earlier.id)"
            report.waiting.append(message)
            return
        }
        let attempts = message.attempts == 0 && report.waiting.isEmpty ? Self.attemptsPerRun : 1
        for attempt in 1...attempts {
            let result = deliver(message)
            message.attempts += 1
            if try record(result, of: &message, isLast: attempt == attempts, in: &report) { return }
            sleep(Self.backoff(after: attempt, jitter: jitter()))
        }
    }

    /// Stores the result of an attempt; returns true if this run need not try the message again.
    private func record(
        _ result: PublishResult,
        of message: inout OutboxMessage,
        isLast: Bool,
        in report: inout DeliveryReport
    ) throws -> Bool {
        let time = now()
        switch result {
        case .sent:
            try store.markSent(message.id, at: time)
            message.status = .sent
            message.sent = time
            message.error = nil
            report.sent.append(message)
            return true
        case .rejected(let reason):
            try store.markFailed(message.id, error: reason)
            message.status = .failed
            message.error = reason
            report.failed.append(message)
            return true
        case .retryable(let reason):
            // The next run tries it regardless of this time, which is shown only as the latest time of the next
            // attempt.
            try store.markWaiting(message.id, error: reason, next: time + 60)
            message.error = reason
            message.nextAttempt = time + 60
            if isLast { report.waiting.append(message) }
            return isLast
        }
    }

    /// Returns half a second, doubled for each further attempt, minus a jitter of up to half of that.
    static func backoff(after attempt: Int, jitter: Double) -> Duration {
        .milliseconds(Int(500 * Double(1 << (attempt - 1)) * (1 - jitter / 2)))
    }
}
