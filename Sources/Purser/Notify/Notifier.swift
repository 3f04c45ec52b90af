import Foundation
import PurserAWS
package import PurserCore
package import PurserStore

/// Delivers the outbox: each message through the service that its target belongs to.
package enum Notifier {
    /// Tries every waiting message with the credentials and endpoints from the environment.
    ///
    /// If another process is sending at the moment, nothing is sent here, and the report has what is left to it. A store
    /// error is also in the report, so that it does not hide what the command has already done.
    package static func run(_ store: Store, _ environment: [String: String]) -> DeliveryReport {
        do {
            return try deliver(store, environment)
        } catch {
            var report = DeliveryReport()
            report.failure = "\(error)"
            return report
        }
    }

    private static func deliver(_ store: Store, _ environment: [String: String]) throws -> DeliveryReport {
        let client = SNSClient(AWSSession(environment: environment))
        let sender = OutboxSender(
            store: store,
            deliver: { publish($0, client) },
            now: { .now },
            sleep: { Thread.sleep(forTimeInterval: $0 / .seconds(1)) }
        )
        if let report = try sender.run() { return report }
        var report = DeliveryReport()
        report.failedBefore = try store.messageCount(.failed)
        report.leftToAnother = try store.messages(.pending)
        return report
    }
}

extension Notifier {
    private static func publish(_ message: OutboxMessage, _ client: SNSClient) -> PublishResult {
        guard case .topic(let topic) = message.target else {
            return .rejected(reason: "\"\(message.target)\" is not the ARN of an SNS topic")
        }
        return client.publish(sns(message, topic), at: .now)
    }

    /// Returns a message of the outbox as it is sent to its topic.
    static func sns(_ message: OutboxMessage, _ topic: TopicARN) -> SNSMessage {
        // One group per alarm or budget, so that a FIFO topic keeps the order of its messages.
        let group =
            switch message.about {
            case .alarm(let name, _): topic.alarm(name)
            case .budget(let name, _): topic.budget(name)
            }
        return SNSMessage(
            topicARN: topic.description,
            subject: message.subject,
            body: message.body,
            // A standard topic delivers some messages twice; subscribers recognise them by this attribute.
            attributes: [.init("id", message.id)]
                + message.attributes.map { SNSMessage.Attribute($0.name, $0.value) },
            id: message.id,
            group: group
        )
    }
}
