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

/// A text that is compared byte by byte, as SQLite compares it.
///
/// Two normal forms of one name are two of these. Comparing them takes a time that grows with their length alone; Swift's own
/// comparison brings both into a normal form first, which a hostile text can make expensive.
package struct ExactText: Sendable, Hashable {
    private let text: String

    package init(_ text: String) {
        self.text = text
    }

    package static func == (a: ExactText, b: ExactText) -> Bool {
        a.text.utf8.count == b.text.utf8.count && a.text.utf8.elementsEqual(b.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
