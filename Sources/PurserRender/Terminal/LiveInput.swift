/// The bytes that a terminal sends as characters. The keys for moving are the characters of ``LiveKey/scroll``; other escape
/// sequences are left out, so that F1 is not the key `P`.
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
    /// The bytes of the sequence before its last one.
    private var parameters: [UInt8] = []

    package init() {}

    /// Returns the characters that were typed; a sequence may continue in the next bytes.
    package mutating func characters(of bytes: [UInt8]) -> [Character] {
        var typed: [Character] = []
        for byte in bytes {
            switch (place, byte) {
            case (_, 0x1b):
                place = .escape
                parameters = []
            case (.outside, 0x20..<0x7f): typed.append(Character(Unicode.Scalar(byte)))
            case (.escape, UInt8(ascii: "[")): place = .sequence
            case (.escape, UInt8(ascii: "O")): place = .single
            case (.escape, 0x20..<0x7f):
                // The key Escape, then another one: terminals send the two like Alt and that key.
                place = .outside
                typed.append(Character(Unicode.Scalar(byte)))
            case (.sequence, 0x20..<0x40): parameters.append(byte)
            case (.outside, _): break
            default:
                if place != .escape { typed += Self.moving(String(decoding: parameters + [byte], as: UTF8.self)) }
                place = .outside
            }
        }
        return typed
    }

    /// Returns the character of a key for moving, from its sequence after `ESC [` or `ESC O`.
    private static func moving(_ sequence: String) -> [Character] {
        switch sequence {
        case "A": ["↑"]
        case "B": ["↓"]
        case "5~": ["⇞"]
        case "6~": ["⇟"]
        case "H", "1~", "7~": ["↖"]
        default: []
        }
    }

    /// Ends a sequence that does not continue: what came was the key Escape.
    package mutating func pause() {
        place = .outside
    }
}
