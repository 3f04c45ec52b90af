/// The names of groups and duplicates that FIFO topics and queues take.
enum FIFOName {
    /// The text itself, or its SHA-256 in hexadecimal where SNS and SQS would refuse it: they take 1 to 128 ASCII letters,
    /// digits and punctuation.
    static func accepted(_ text: String) -> String {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
            ? text : SHA256.hex(text)
    }
}
