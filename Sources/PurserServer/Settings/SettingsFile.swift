import Foundation
import PurserCore

/// A file of `NAME=value` lines, in the format of systemd's `EnvironmentFile`.
///
/// Empty lines and those that begin with `#` are ignored; a value may be in quotes. Anything else is a fault, because a
/// line that is skipped is a setting that is missing.
struct SettingsFile {
    struct Entry: Equatable {
        var value: String
        var line: Int
    }

    private(set) var entries: [String: Entry] = [:]
    private(set) var faults: [Diagnostic] = []

    init(_ text: String, path: String) {
        // By bytes, because Swift treats CR LF as one character.
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, bytes) in lines.enumerated() {
            let line = String(Substring(bytes)).trimmingCharacters(in: .whitespacesAndNewlines)
            if line.isEmpty || line.hasPrefix("#") { continue }
            let place = "\(path):\(index + 1)"
            guard let separator = line.firstIndex(of: "="), Self.isName(line[..<separator]) else {
                faults.append(Diagnostic(file: place, "a line must be NAME=value or begin with #"))
                continue
            }
            let name = String(line[..<separator])
            let text = line[line.index(after: separator)...].trimmingCharacters(in: .whitespaces)
            guard let value = Self.unquoted(text) else {
                faults.append(Diagnostic(file: place, key: name, "the closing quote must be at the end of the line"))
                continue
            }
            if let first = entries[name] {
                faults.append(Diagnostic(file: place, key: name, "is already in line \(first.line)"))
                continue
            }
            entries[name] = Entry(value: value, line: index + 1)
        }
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
            }
    }

    private static func unquoted(_ text: String) -> String? {
        guard let quote = text.first, quote == "\"" || quote == "'" else { return text }
        let inner = text.dropFirst()
        guard inner.firstIndex(of: quote) == inner.indices.last else { return nil }
        return String(inner.dropLast())
    }
}
