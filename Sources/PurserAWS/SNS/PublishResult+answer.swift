import PurserCore
import PurserHTTP

extension PublishResult {
    /// Reads SNS's response to a Publish request.
    init(_ response: HTTPResponse) {
        if (200..<300).contains(response.status), let id = AnswerElement.text("MessageId", in: response.text) {
            self = .sent(messageID: id)
            return
        }
        guard let fault = AWSFault(response) else {
            // The response is from a proxy or a wrong endpoint, so SNS has neither accepted nor rejected the message.
            self = .retryable(reason: "HTTP status \(response.status), and the response is not from SNS")
            return
        }
        self = fault.isPassing ? .retryable(reason: fault.description) : .rejected(reason: fault.description)
    }
}
