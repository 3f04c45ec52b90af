import PurserCore
import PurserHTTP

extension PublishResult {
    /// Reads SNS's answer to a Publish request.
    init(_ response: HTTPResponse) {
        if (200..<300).contains(response.status), let id = AnswerElement.text("MessageId", in: response.text) {
            self = .sent(messageID: id)
            return
        }
        guard let fault = AWSFault(response) else {
            // A proxy or a wrong endpoint answered, so SNS has not judged the message.
            self = .retryable(reason: "HTTP status \(response.status), and the answer is not one of SNS")
            return
        }
        self = fault.isPassing ? .retryable(reason: fault.description) : .rejected(reason: fault.description)
    }
}
