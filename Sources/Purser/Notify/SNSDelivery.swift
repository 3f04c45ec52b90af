import Foundation
import PurserAWS
package import PurserCore
import PurserHTTP
package import PurserStore

/// Delivers the outbox to Amazon SNS.
package enum SNSDelivery {
    /// Tries every waiting message with the credentials and endpoints of the environment.
    ///
    /// If another process is sending at the moment, nothing is sent here, and the report shows what waits. An error of
    /// the store is also in the report, so that it does not hide what the command did before.
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
        let client = SNSClient(
            environment: environment,
            http: HTTPClient(certificateBundle: HTTPClient.certificateBundle(environment))
        )
        let sender = OutboxSender(
            store: store,
            deliver: { client.publish(SNSMessage($0), at: .now) },
            now: { .now },
            sleep: { Thread.sleep(forTimeInterval: $0 / .seconds(1)) }
        )
        if let report = try sender.run() { return report }
        var report = DeliveryReport()
        report.failedBefore = try store.messageCount(.failed)
        report.waiting = try store.messages(.pending).map { message in
            var message = message
            message.error = "another run is sending"
            return message
        }
        return report
    }
}

extension SNSMessage {
    fileprivate init(_ message: OutboxMessage) {
        self.init(
            topicARN: message.target,
            subject: message.subject,
            body: message.body,
            attributes: message.attributes.map { Attribute($0.name, $0.value) },
            id: message.id,
            // One group per alarm, so that a FIFO topic keeps the order of its changes. A budget's source is already an ARN.
            group: message.source.hasPrefix("arn:")
                ? message.source : TopicARN(message.target)?.alarm(message.source) ?? message.source
        )
    }
}
