/// The lines on which the values of a JSON text begin, by their paths.
///
/// The text must be valid: ``JSONValue`` reads it first, and this looks up where its values are if there are faults.
struct JSONLines {
    private var lines: [String: Int] = ["": 1]
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    init(_ text: String) {
        bytes = Array(text.utf8)
        value("")
    }

    /// Returns the line of a value, or of the nearest value around it that exists.
    func line(of path: String) -> Int {
        var path = path[...]
        while true {
            if let line = lines[String(path)] { return line }
            guard let end = path.lastIndex(where: { $0 == "." || $0 == "[" }) else { return 1 }
            path = path[..<end]
        }
    }

    private mutating func value(_ path: String) {
        skipSpace()
        lines[path] = line
        switch next {
        case UInt8(ascii: "{"):
            position += 1
            skipSpace()
            while let byte = next, byte != UInt8(ascii: "}") {
                let key = string()
                skipSpace()
                position += 1
                value(path.isEmpty ? key : path + "." + key)
                skipComma()
            }
            position += 1
        case UInt8(ascii: "["):
            position += 1
            var index = 0
            skipSpace()
            while let byte = next, byte != UInt8(ascii: "]") {
                value(path + "[\(index)]")
                index += 1
                skipComma()
            }
            position += 1
        case UInt8(ascii: "\""): _ = string()
        default:
            while let byte = next, !",]} \n\r\t".utf8.contains(byte) { position += 1 }
        }
    }

    /// Skips a string and returns it with its escapes as they are written.
    private mutating func string() -> String {
        position += 1
        let start = position
        while let byte = next, byte != UInt8(ascii: "\"") {
            position += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        let end = min(position, bytes.count)
        position += 1
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private mutating func skipComma() {
        skipSpace()
        if next == UInt8(ascii: ",") { position += 1 }
        skipSpace()
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
            if byte == 0x0a { line += 1 }
            position += 1
        }
    }

    private var next: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }
}
