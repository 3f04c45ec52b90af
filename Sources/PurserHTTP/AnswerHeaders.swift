/// Collects the status and the headers of a response from its lines, up to a limit.
struct AnswerHeaders {
    private(set) var status = 0
    private(set) var headers: [HTTPHeader] = []
    private(set) var isTooLong = false
    /// True after the empty line that ends the headers of the final response; the one after an interim response (1xx)
    /// does not count.
    private(set) var isComplete = false
    private let limitBytes: Int
    private var byteCount = 0

    init(limitBytes: Int) {
        self.limitBytes = limitBytes
    }

    /// Adds one line, including its line ending; returns false if the headers are too long.
    mutating func take(_ line: UnsafeRawBufferPointer) -> Bool {
        byteCount += line.count
        guard byteCount <= limitBytes else {
            isTooLong = true
            return false
        }
        // Lines after the body are not headers.
        guard !isComplete else { return true }
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            // An interim response (1xx) came before this one.
            headers = []
            status = text.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap { Int($0.prefix(3)) } ?? 0
        } else if let colon = text.firstIndex(of: ":") {
            let value = text[text.index(after: colon)...].drop { $0.isWhitespace }
            let end = value.lastIndex { !$0.isWhitespace }
            headers.append(HTTPHeader(String(text[..<colon]), end.map { String(value[...$0]) } ?? ""))
        } else if text.allSatisfy(\.isNewline) {
            isComplete = status >= 200
        }
        return true
    }
}
