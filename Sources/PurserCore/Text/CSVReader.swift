/// One record of a comma-separated text, with the line it starts on.
package struct CSVRecord: Sendable, Equatable {
    /// Counted from 1; a quoted field may span lines.
    package var line: Int
    package var fields: [String]
}

/// A place where a text is not well-formed CSV.
package struct CSVFault: Error, Equatable {
    package var line: Int
    package var message: String
}

/// Reads comma-separated values as defined in RFC 4180: quoted fields, doubled quotes, lines that end in CR LF or LF.
///
/// A byte order mark and blank lines are skipped. A record with a fault is left out, and reading continues with the
/// next line, so all faults of a file are found in one pass.
package struct CSVReader {
    /// Returns the records of a text and its faults, by ascending line.
    package static func read(_ text: String) -> (records: [CSVRecord], faults: [CSVFault]) {
        var reader = CSVReader(Array(text.utf8))
        reader.readAll()
        return (reader.records, reader.faults)
    }

    /// Returns a field as written in CSV: in quotes if it contains a comma, a quote or a line break.
    package static func quoted(_ field: String) -> String {
        let needsQuotes = field.utf8.contains { $0 == comma || $0 == quote || $0 == lineFeed || $0 == carriageReturn }
        guard needsQuotes else { return field }
        var bytes = [quote]
        for byte in field.utf8 {
            if byte == quote { bytes.append(quote) }
            bytes.append(byte)
        }
        return String(decoding: bytes + [quote], as: UTF8.self)
    }

    private static let comma = UInt8(ascii: ",")
    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var records: [CSVRecord] = []
    private var faults: [CSVFault] = []

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    }

    private mutating func readAll() {
        while position < bytes.count {
            let start = line
            do throws(CSVFault) {
                let fields = try record()
                if fields != [""] { records.append(CSVRecord(line: start, fields: fields)) }
            } catch {
                faults.append(error)
                skipLine()
            }
        }
    }

    /// Reads the fields up to and including the line end.
    private mutating func record() throws(CSVFault) -> [String] {
        var fields: [String] = []
        while true {
            fields.append(peek() == Self.quote ? try quotedField() : try plainField())
            if peek() == Self.comma {
                position += 1
            } else {
                endLine()
                return fields
            }
        }
    }

    private mutating func plainField() throws(CSVFault) -> String {
        let start = position
        while let byte = peek(), byte != Self.comma, !isAtLineEnd {
            if byte == Self.quote {
                throw CSVFault(
                    line: line,
                    message: "a stray quote; a field with a quote must be in quotes, with the inner quote doubled"
                )
            }
            if byte == Self.carriageReturn {
                throw CSVFault(line: line, message: "a carriage return without a line feed; lines end in LF or CR LF")
            }
            position += 1
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func quotedField() throws(CSVFault) -> String {
        let opened = line
        var content: [UInt8] = []
        position += 1
        while let byte = peek() {
            position += 1
            if byte == Self.quote {
                guard peek() == Self.quote else {
                    if peek() == nil || peek() == Self.comma || isAtLineEnd {
                        return String(decoding: content, as: UTF8.self)
                    }
                    throw CSVFault(
                        line: line,
                        message: "text after the closing quote; a comma or the end of the line must follow"
                    )
                }
                position += 1
            }
            if byte == Self.lineFeed { line += 1 }
            content.append(byte)
        }
        throw CSVFault(line: opened, message: "the quote that opens here is never closed")
    }

    private func peek() -> UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private var isAtLineEnd: Bool {
        guard let byte = peek() else { return true }
        return byte == Self.lineFeed
            || byte == Self.carriageReturn && position + 1 < bytes.count && bytes[position + 1] == Self.lineFeed
    }

    /// Skips the line end at the position; does nothing at the end of the text.
    private mutating func endLine() {
        if peek() == Self.carriageReturn { position += 1 }
        if peek() == Self.lineFeed {
            position += 1
            line += 1
        }
    }

    private mutating func skipLine() {
        while position < bytes.count, bytes[position] != Self.lineFeed { position += 1 }
        endLine()
    }
}
