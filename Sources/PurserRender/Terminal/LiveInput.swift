/// The bytes that a terminal sends, without its escape sequences: an arrow key is not the key `[`.
package struct LiveInput: Sendable {
    private enum Place {
        case outside
        /// After ESC.
        case escape
        /// After `ESC [`, up to a byte from 0x40 to 0x7E (ECMA-48, section 5.4).
        case sequence
        /// After `ESC O`, which one byte follows.
        case single
    }

    private var place = Place.outside

    package init() {}

    /// Returns the characters that were typed; a sequence may continue in the next bytes.
    package mutating func characters(of bytes: [UInt8]) -> [Character] {
        var typed: [Character] = []
        for byte in bytes {
            switch (place, byte) {
            case (_, 0x1b): place = .escape
            case (.outside, 0x20..<0x7f): typed.append(Character(Unicode.Scalar(byte)))
            case (.escape, UInt8(ascii: "[")): place = .sequence
            case (.escape, UInt8(ascii: "O")): place = .single
            case (.escape, 0x20..<0x7f):
                // The key Escape, then another one: terminals send the two like Alt and that key.
                place = .outside
                typed.append(Character(Unicode.Scalar(byte)))
            case (.sequence, 0x20..<0x40), (.outside, _): break
            default: place = .outside
            }
        }
        return typed
    }

    /// Ends a sequence that does not continue: what came was the key Escape.
    package mutating func pause() {
        place = .outside
    }
}
