extension PublishResult {
    /// Reads SNS's answer to a Publish request.
    init(_ response: HTTPResponse) {
        let text = response.text
        if (200..<300).contains(response.status), let id = Self.element("MessageId", in: text) {
            self = .sent(messageID: id)
            return
        }
        guard let code = Self.element("Code", in: text) else {
            // A proxy or a wrong endpoint answered, which is no verdict of SNS on the message.
            self = .retryable(reason: "HTTP status \(response.status), and the answer is not one of SNS")
            return
        }
        let message = Self.element("Message", in: text) ?? ""
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

    /// The text of the first element of this name, one line of at most 500 characters; nil without one, or an empty one.
    ///
    /// SNS's answers are a few elements without mixed content, so that no XML reader is needed.
    private static func element(_ name: String, in text: String) -> String? {
        guard let start = text.firstRange(of: "<\(name)>"),
            let end = text[start.upperBound...].firstRange(of: "</\(name)>")
        else { return nil }
        let content = unescaped(text[start.upperBound..<end.lowerBound])
        // It is printed on terminals: what is not printable must not reach them.
        let printable = content.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) }
        let words = String(printable).split(separator: " ").joined(separator: " ")
        return words.isEmpty ? nil : String(words.prefix(500))
    }

    /// The text with XML's five named entities and its numbered ones replaced; any other stays as it is.
    private static func unescaped(_ text: Substring) -> String {
        let names: [Substring: String] = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]
        var out = ""
        var rest = text
        while let start = rest.firstIndex(of: "&") {
            out += rest[..<start]
            rest = rest[rest.index(after: start)...]
            guard let end = rest.firstIndex(of: ";") else {
                out += "&"
                break
            }
            let name = rest[..<end]
            if let character = names[name] ?? numbered(name) {
                out += character
                rest = rest[rest.index(after: end)...]
            } else {
                out += "&"
            }
        }
        return out + rest
    }

    /// `#10` or `#xA`.
    private static func numbered(_ name: Substring) -> String? {
        guard name.hasPrefix("#") else { return nil }
        let isHexadecimal = name.dropFirst().hasPrefix("x")
        let value = UInt32(name.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10)
        return value.flatMap(Unicode.Scalar.init).map { String($0) }
    }
}
