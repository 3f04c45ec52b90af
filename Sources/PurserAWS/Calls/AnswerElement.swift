/// Reads the elements of AWS's XML responses.
///
/// The responses of SNS and STS are a few elements without mixed content, so no XML parser is needed.
enum AnswerElement {
    /// Returns the text of the first element with this name, as one line of at most `longest` characters.
    ///
    /// Returns nil if the element is missing or empty.
    static func text(_ name: String, in text: String, longest: Int = 500) -> String? {
        guard let start = text.firstRange(of: "<\(name)>"),
            let end = text[start.upperBound...].firstRange(of: "</\(name)>")
        else { return nil }
        let words = oneLine(unescaped(text[start.upperBound..<end.lowerBound]), longest: longest)
        return words.isEmpty ? nil : words
    }

    /// Returns a service's message as one line of at most `longest` characters.
    static func oneLine(_ text: String, longest: Int = 500) -> String {
        // The text is printed on terminals, which control characters must not reach.
        let printable = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) }
        return String(String(printable).split(separator: " ").joined(separator: " ").prefix(longest))
    }

    /// Returns the text with XML's five named entities and its numeric ones replaced; any others are left as they are.
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

    /// Decodes `#10` or `#xA`.
    private static func numbered(_ name: Substring) -> String? {
        guard name.hasPrefix("#") else { return nil }
        let isHexadecimal = name.dropFirst().hasPrefix("x")
        let value = UInt32(name.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10)
        return value.flatMap(Unicode.Scalar.init).map { String($0) }
    }
}
