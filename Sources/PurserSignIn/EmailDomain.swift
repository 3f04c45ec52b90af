/// The domain of the employees' e-mail addresses.
///
/// Addresses are compared by bytes, with ASCII letters folded: Unicode's folding would map other letters to ASCII ones.
package struct EmailDomain: Sendable, Equatable, CustomStringConvertible {
    private let bytes: [UInt8]

    /// Parses a domain such as `example.com`; nil if the text is not a domain. Other scripts must be in Punycode.
    package init?(_ text: String) {
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count >= 2, text.utf8.count <= 253,
            labels.allSatisfy({ label in
                (1...63).contains(label.count) && label.allSatisfy(Self.isNameByte)
                    && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
            })
        else { return nil }
        bytes = Self.folded(text.utf8)
    }

    package var description: String {
        String(decoding: bytes, as: UTF8.self)
    }

    /// Returns whether an address has a single `@` and is in exactly this domain, not in one that only ends like it.
    package func contains(_ address: String) -> Bool {
        let parts = address.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, address.utf8.count <= 320,
            address.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f })
        else { return false }
        return Self.folded(parts[1]) == bytes
    }

    private static func folded(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
