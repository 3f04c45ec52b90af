import PurserCore
import PurserHTTP

/// Why an AWS service refused a request, read from its response in XML or JSON.
struct AWSFault: Equatable {
    let status: Int
    /// The error's name as the service wrote it, without its namespace: `AccessDeniedException`.
    let code: String
    /// One line; may be empty.
    let message: String

    /// Nil if the response names no error and so is not from the service.
    init?(_ response: HTTPResponse) {
        status = response.status
        let text = response.text
        if let code = AnswerElement.text("Code", in: text) {
            self.code = code
            message = Self.reason(AnswerElement.text("Message", in: text))
            return
        }
        // Another server's JSON has neither the member nor the header.
        guard let content = try? JSONValue(parsing: text), content.members != nil,
            let type = content["__type"]?.string ?? response.header("x-amzn-errortype")
        else { return nil }
        // In the body, `com.amazonaws.sqs#QueueDoesNotExist`; in the header, `AccessDeniedException:http://…`.
        let name = type.split(separator: "#").last?.split(separator: ":").first.map(String.init) ?? ""
        guard !name.isEmpty else { return nil }
        code = AnswerElement.oneLine(name)
        message = Self.reason((content["message"] ?? content["Message"])?.string)
    }

    /// Returns the message as one line, without the copy of the request that AWS may add if the signature is wrong,
    /// because the request's headers contain the token of temporary credentials.
    private static func reason(_ message: String?) -> String {
        let message = message ?? ""
        let request = message.firstRange(of: "The Canonical String for this request")
        return AnswerElement.oneLine(String(message[..<(request?.lowerBound ?? message.endIndex)]))
    }

    /// The name without `Exception`, which services and their documentation do not always include.
    var shortCode: String {
        code.hasSuffix("Exception") ? String(code.dropLast("Exception".count)) : code
    }

    /// Whether the two clocks differ by more than AWS allows.
    var isSkew: Bool {
        switch shortCode {
        case "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture": true
        case "SignatureDoesNotMatch", "InvalidSignature":
            // AWS also returns these if the clocks differ by more than 15 minutes; only the message says so.
            message.hasPrefix("Signature expired") || message.hasPrefix("Signature not yet current")
        default: false
        }
    }

    /// Whether the fault is temporary, or is resolved by fresh credentials or a corrected clock.
    var isPassing: Bool {
        if status >= 500 || status == 429 || isSkew { return true }
        switch shortCode {
        case "Throttled", "Throttling", "KMSThrottling", "KmsThrottled", "RequestThrottled", "RequestLimitExceeded",
            "TooManyRequests", "RequestTimeout", "ExpiredToken":
            return true
        default:
            return false
        }
    }

    /// Whether AWS rejects the keys themselves, so that others may be accepted.
    var isOfOldKeys: Bool {
        ["UnrecognizedClient", "InvalidClientTokenId", "InvalidAccessKeyId", "ExpiredToken"].contains(shortCode)
    }

    /// Whether AWS rejects the keys or the signature made with them, whatever the request was.
    var isOfCredentials: Bool {
        isOfOldKeys
            || ["InvalidSignature", "SignatureDoesNotMatch", "IncompleteSignature", "MissingAuthenticationToken"]
                .contains(shortCode)
    }

    var description: String {
        "\(code) (HTTP status \(status))" + (message.isEmpty ? "" : ": \(message)")
    }
}
