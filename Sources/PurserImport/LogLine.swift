/// A line of a log.
enum LogLine {
    /// Returns the text from the first brace that can begin a JSON object with members; nil if there is none.
    static func object(in line: String) -> String? {
        // Byte by byte: every line of a log passes through here, and a regular expression takes many times as long.
        let bytes = line.utf8
        var start = bytes.startIndex
        while let brace = bytes[start...].firstIndex(of: UInt8(ascii: "{")) {
            start = bytes.index(after: brace)
            let member = bytes[start...].first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
            if member == UInt8(ascii: "\"") { return String(line[brace...]) }
        }
        return nil
    }
}
