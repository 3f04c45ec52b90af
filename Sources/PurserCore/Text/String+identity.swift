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

/// A stored text as SQLite compares it: byte by byte, so that two normal forms of one name are two keys.
package struct StoredName: Sendable, Hashable {
    private let bytes: [UInt8]

    package init(_ text: String) {
        bytes = Array(text.utf8)
    }
}
