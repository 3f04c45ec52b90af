extension PublishResult {
    /// Reads SNS's answer to a Publish request.
    init(_ response: HTTPResponse) {
        let text = response.text
        if (200..<300).contains(response.status), let id = AnswerElement.text("MessageId", in: text) {
            self = .sent(messageID: id)
            return
        }
        guard let code = AnswerElement.text("Code", in: text) else {
            // A proxy or a wrong endpoint answered, which is no verdict of SNS on the message.
            self = .retryable(reason: "HTTP status \(response.status), and the answer is not one of SNS")
            return
        }
        let message = AnswerElement.text("Message", in: text) ?? ""
        let reason = "\(code) (HTTP status \(response.status))" + (message.isEmpty ? "" : ": \(message)")
        self =
            Self.isPassing(status: response.status, code: code, message: message)
            ? .retryable(reason: reason) : .rejected(reason: reason)
    }

    /// Whether the fault passes by itself, or with fresh credentials or a corrected clock.
    private static func isPassing(status: Int, code: String, message: String) -> Bool {
        if status >= 500 || status == 429 { return true }
        // The error is named with and without this ending, by the service and in its documentation.
        switch code.hasSuffix("Exception") ? String(code.dropLast("Exception".count)) : code {
        case "Throttled", "Throttling", "KMSThrottling", "RequestThrottled", "RequestLimitExceeded", "TooManyRequests",
            "RequestTimeout", "RequestExpired", "ExpiredToken", "RequestTimeTooSkewed":
            return true
        case "SignatureDoesNotMatch", "InvalidSignature":
            // AWS answers so too where the clocks differ by more than 15 minutes, and says it in the message alone.
            return message.hasPrefix("Signature expired") || message.hasPrefix("Signature not yet current")
        default:
            return false
        }
    }
}
