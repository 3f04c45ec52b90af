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
///
/// A long file is read in pieces, in as much memory as a piece and a record need:
///
/// ```swift
/// var reader = CSVReader(longestRecord: 1 << 20)
/// while let piece = readPiece() {
///     reader.append(piece)
///     while let record = reader.next() { … }
/// }
/// reader.finish()
/// while let record = reader.next() { … }
/// ```
package struct CSVReader {
    /// Returns the records of a text and its faults, by ascending line.
    package static func read(_ text: String) -> (records: [CSVRecord], faults: [CSVFault]) {
        var reader = CSVReader()
        reader.append(Array(text.utf8))
        reader.finish()
        var (records, faults): ([CSVRecord], [CSVFault]) = ([], [])
        while let result = reader.next() {
            switch result {
            case .success(let record): records.append(record)
            case .failure(let fault): faults.append(fault)
            }
        }
        return (records, faults)
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
    private static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

    /// Whether the fields at these places are read; the text of all others is left out. Nil reads every field.
    package var keeps: [Bool]?
    /// The line of the next record, counted from 1.
    package private(set) var line = 1
    private let longestRecord: Int
    private var bytes: [UInt8] = []
    private var position = 0
    private var isAtStart = true
    private var isFinished = false
    /// Whether the rest of a faulty line has not arrived yet.
    private var isSkipping = false

    /// - Parameter longestRecord: In bytes; a longer one is a fault.
    package init(longestRecord: Int = .max) {
        self.longestRecord = longestRecord
    }

    /// Adds the next bytes of the text.
    package mutating func append(_ piece: [UInt8]) {
        bytes.removeFirst(position)
        position = 0
        bytes += piece
    }

    /// Says that there are no more bytes.
    package mutating func finish() {
        isFinished = true
    }

    /// Returns the next record or fault; nil if it needs more bytes, and at the end of the text.
    package mutating func next() -> Result<CSVRecord, CSVFault>? {
        if isAtStart {
            guard isFinished || bytes.count >= Self.byteOrderMark.count else { return nil }
            if bytes.starts(with: Self.byteOrderMark) { position = Self.byteOrderMark.count }
            isAtStart = false
        }
        if isSkipping { skipLine() }
        while position < bytes.count {
            let (start, startLine) = (position, line)
            // What is not kept of a line does not make it blank.
            let isBlank = isAtLineEnd
            do throws(CSVFault) {
                let fields = try record()
                if needsMore(from: position) { return incomplete(start, startLine) }
                if !isBlank { return .success(CSVRecord(line: startLine, fields: fields)) }
            } catch {
                // A carriage return may be followed by a line feed that has not arrived.
                if needsMore(from: position + 1) { return incomplete(start, startLine) }
                skipLine()
                return .failure(error)
            }
        }
        return nil
    }

    private func needsMore(from position: Int) -> Bool {
        !isFinished && position >= bytes.count
    }

    /// Goes back to the start of a record whose end has not arrived; a fault if it is too long already.
    private mutating func incomplete(_ start: Int, _ startLine: Int) -> Result<CSVRecord, CSVFault>? {
        guard bytes.count - start > longestRecord else {
            (position, line) = (start, startLine)
            return nil
        }
        skipLine()
        return .failure(CSVFault(line: startLine, message: "the record is longer than \(longestRecord) bytes"))
    }

    /// Reads the fields up to and including the line end.
    private mutating func record() throws(CSVFault) -> [String] {
        var fields: [String] = []
        fields.reserveCapacity(keeps?.count ?? 0)
        while true {
            let isKept = keeps.map { fields.count < $0.count && $0[fields.count] } ?? true
            fields.append(peek() == Self.quote ? try quotedField(isKept) : try plainField(isKept))
            if peek() == Self.comma {
                position += 1
            } else {
                endLine()
                return fields
            }
        }
    }

    private mutating func plainField(_ isKept: Bool) throws(CSVFault) -> String {
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
        return isKept ? String(decoding: bytes[start..<position], as: UTF8.self) : ""
    }

    private mutating func quotedField(_ isKept: Bool) throws(CSVFault) -> String {
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
            if isKept { content.append(byte) }
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
        isSkipping = position == bytes.count
        endLine()
    }
}
