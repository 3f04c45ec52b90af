/// Group names and deduplication ids that FIFO topics and queues accept.
enum FIFOName {
    /// Returns the text itself, or its SHA-256 in hexadecimal if SNS and SQS would reject it: they accept 1 to 128
    /// ASCII letters, digits and punctuation.
    static func accepted(_ text: String) -> String {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
            ? text : SHA256.hex(text)
    }
}
