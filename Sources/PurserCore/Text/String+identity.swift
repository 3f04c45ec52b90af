@_spi(_Unicode) import Swift

extension String {
    /// The text in Unicode's normal form C, the one form in which names are stored and compared.
    ///
    /// Swift's `==` takes "é" and "e" with a combining accent for the same text, and SQLite does not: a name that was
    /// stored in both forms would be two rows of one name.
    package var normalised: String {
        // ASCII is the same in every normal form.
        if utf8.allSatisfy({ $0 < 0x80 }) { return self }
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: _nfc)
        return String(scalars)
    }
}

extension String {
    /// Returns whether both have the same bytes; `==` would also treat texts that only look the same as equal.
    ///
    /// It takes a time that grows with the length alone. Swift's own comparison brings both texts into a normal form first,
    /// which a hostile text can make expensive.
    package func isSame(_ other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}

/// A text that is compared byte by byte, as SQLite compares it: two normal forms of one name are two of these.
package struct ExactText: Sendable, Hashable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package static func == (a: ExactText, b: ExactText) -> Bool {
        a.text.isSame(b.text)
    }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
