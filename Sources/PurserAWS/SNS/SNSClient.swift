package import PurserCore
import PurserHTTP

/// Publishes messages to SNS topics, in the region that each topic's ARN names.
package struct SNSClient: Sendable {
    private let session: AWSSession

    package init(_ session: AWSSession) {
        self.session = session
    }

    /// Tries once to publish a message.
    ///
    /// `time` is the current time, which SNS compares with its own clock (15 minutes either way).
    ///
    /// An incomplete configuration (no credentials, no valid endpoint) is `retryable`: the operator can fix it, and the
    /// message must not be lost in the meantime.
    package func publish(_ message: SNSMessage, at time: Timestamp) -> PublishResult {
        do {
            let topic = try message.checkedTopic()
            let endpoint = try AWSEndpoint(service: "sns", region: topic.region, environment: session.environment)
            let form = message.form.map { PercentEncoding.encode($0.name) + "=" + PercentEncoding.encode($0.value) }
            let request = HTTPRequest(
                method: "POST",
                url: endpoint.url,
                headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
                body: Array(form.joined(separator: "&").utf8)
            )
            return PublishResult(try session.send(request, service: "sns", region: topic.region, at: time))
        } catch let refusal as SNSMessage.Refusal {
            return .rejected(reason: refusal.reason)
        } catch AWSCallError.unanswered(let error) where !error.isRetryable {
            return .rejected(reason: error.description)
        } catch {
            return .retryable(reason: "\(error)")
        }
    }
}
