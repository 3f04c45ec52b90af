/// A profile file of the AWS tools, `~/.aws/credentials` or `~/.aws/config`, as botocore reads it.
package struct ProfileFile: Sendable {
    /// Each section's settings by their keys in lower case.
    package private(set) var sections: [String: [String: String]] = [:]

    /// - Parameter path: Named in the error, together with the line.
    package init(_ text: String, path: String) throws(ProfileFileError) {
        var section: String?
        var keyIndent: Int?
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for (index, line) in lines.enumerated() {
            let content = Self.trim(line)
            guard let first = content.first, first != "#", first != ";" else { continue }
            // A line indented further belongs to the setting above it, as in `s3 =`.
            let indent = line.prefix { $0.isWhitespace }.count
            if let keyIndent, indent > keyIndent { continue }
            func refuse(_ problem: String) -> ProfileFileError {
                ProfileFileError(path: path, line: index + 1, problem: problem)
            }
            if first == "[" {
                guard let end = content.firstIndex(of: "]") else { throw refuse("the section has no \"]\"") }
                let name = Self.sectionName(content[content.index(after: content.startIndex)..<end])
                guard sections[name] == nil else { throw refuse("the section appears twice in the file") }
                sections[name] = [:]
                section = name
                keyIndent = nil
                continue
            }
            guard let section else { throw refuse("a setting precedes the first [section]") }
            guard let delimiter = content.firstIndex(where: { $0 == "=" || $0 == ":" }), delimiter > content.startIndex
            else { throw refuse("a setting must have the form key = value") }
            let key = Self.trim(content[..<delimiter]).lowercased()
            guard sections[section]?[key] == nil else { throw refuse("the key appears twice in the section") }
            sections[section]?[key] = String(Self.trim(content[content.index(after: delimiter)...]))
            keyIndent = indent
        }
    }

    /// Returns the words separated by one space, without the quotes around the name: `[profile "ops team"]`.
    private static func sectionName(_ text: Substring) -> String {
        let words = text.split { $0.isWhitespace }
        return words.joined(separator: " ").filter { $0 != "\"" && $0 != "'" }
    }

    private static func trim(_ text: Substring) -> Substring {
        let start = text.drop { $0.isWhitespace }
        return start.lastIndex { !$0.isWhitespace }.map { start[...$0] } ?? ""
    }
}

/// A line of a profile file that cannot be read; its text is not shown, because it may be a secret.
package struct ProfileFileError: Error, Equatable, CustomStringConvertible {
    package let path: String
    /// Counted from 1.
    package let line: Int
    package let problem: String

    package var description: String {
        "\(path):\(line): \(problem)"
    }
}
