import PurserCore

/// Text that is safe to print on a terminal, and how many columns it takes there.
package enum TerminalText {
    /// Returns the text without control characters, line separators and bidirectional overrides.
    ///
    /// Names and messages are untrusted: an escape sequence in them could repaint the screen, and an override could
    /// make a name look like another.
    package static func sanitized(_ text: String) -> String {
        if isPrintableASCII(text) { return text }
        var out = String.UnicodeScalarView()
        out.append(contentsOf: text.unicodeScalars.filter { !$0.isUnsafeOnTerminals })
        return String(out)
    }

    /// Returns how many columns the text takes: two for a wide East Asian character or an emoji, none for a combining
    /// mark.
    package static func width(of text: String) -> Int {
        if isPrintableASCII(text) { return text.utf8.count }
        return text.unicodeScalars.reduce(0) { $0 + width(of: $1) }
    }

    /// Returns the text cut to at most `columns`; its end is replaced by `…` if anything is cut off.
    package static func cut(_ text: String, to columns: Int) -> String {
        if width(of: text) <= columns { return text }
        return columns > 0 ? prefix(of: text, fitting: columns - 1) + "…" : ""
    }

    /// Returns the texts cut to at most `columns`: those that would look the same with their ends cut, as ARNs do, are cut
    /// in their middle.
    static func cut(_ texts: [String], to columns: Int) -> [String] {
        let alike = Dictionary(grouping: Set(texts)) { cut($0, to: columns) }.filter { $0.value.count > 1 }
        return texts.map { text in
            let short = cut(text, to: columns)
            return alike[short] == nil ? short : cutMiddle(of: text, to: columns)
        }
    }

    /// Returns as many of the text's first characters as fit.
    static func prefix(of text: some StringProtocol, fitting columns: Int) -> String {
        var out = ""
        var used = 0
        for character in text {
            let width = character.unicodeScalars.reduce(0) { $0 + Self.width(of: $1) }
            guard used + width <= columns else { break }
            out.append(character)
            used += width
        }
        return out
    }

    /// Returns the text cut to so many columns, with `…` in place of its middle.
    static func cutMiddle(of text: String, to columns: Int) -> String {
        guard width(of: text) > columns else { return text }
        guard columns > 1 else { return cut(text, to: columns) }
        let tail = (columns - 1) * 2 / 3
        let end = String(prefix(of: String(text.reversed()), fitting: tail).reversed())
        return prefix(of: text, fitting: columns - 1 - width(of: end)) + "…" + end
    }

    /// Returns the text in printable ASCII at the same width, with `~` for the ellipsis of a cut and `?` for any other
    /// character.
    static func ascii(_ text: String) -> String {
        if isPrintableASCII(text) { return text }
        return text.unicodeScalars.reduce(into: "") { out, scalar in
            if (0x20..<0x7f).contains(scalar.value) {
                out.unicodeScalars.append(scalar)
            } else {
                out += scalar == "…" ? "~" : String(repeating: "?", count: width(of: scalar))
            }
        }
    }

    private static func isPrintableASCII(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20..<0x7f).contains($0) }
    }

    private static func width(of scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x20..<0x7f, 0xa0...0x2ff: return 1
        // The later letters of a Hangul syllable are drawn into the first one.
        case 0x1160...0x11ff: return 0
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: return wide.contains { $0.contains(scalar.value) } || scalar.properties.isEmojiPresentation ? 2 : 1
        }
    }

    /// Unicode's East Asian Width "W" and "F", in ranges that include the gaps between them.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff,
        0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x16fe0...0x18aff, 0x1b000...0x1b2ff, 0x1f300...0x1f64f,
        0x1f900...0x1f9ff, 0x20000...0x3fffd,
    ]
}
