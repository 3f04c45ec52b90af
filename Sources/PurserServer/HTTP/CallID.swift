import PurserCore

/// Unique call ids: 26 characters of Crockford's base 32 that sort by time.
enum CallID {
    private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// Returns a new id: the time in 48 bits, followed by 80 random bits, in the format of a ULID.
    static func new(at time: Timestamp) -> String {
        var random = SystemRandomNumberGenerator()
        let high =
            UInt64(truncatingIfNeeded: time.milliseconds) << 16
            | UInt64(UInt16.random(in: 0...UInt16.max, using: &random))
        let low = random.next() as UInt64
        return String(unsafeUninitializedCapacity: 26) { text in
            // 128 bits in groups of five, from the right; the first character holds three.
            var (high, low) = (high, low)
            for position in (0..<26).reversed() {
                text[position] = digits[Int(low & 31)]
                low = low >> 5 | high << 59
                high >>= 5
            }
            return 26
        }
    }
}

/// The W3C trace context: version, trace id, parent id and flags.
///
/// Source: W3C Trace Context, level 1, section 3.2.
struct TraceParent: Equatable {
    let text: String
    let traceId: String

    /// Reads a `traceparent` header; nil if it is malformed, in which case a new trace begins, as the standard says.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count <= 256, parts.count >= 4, parts.prefix(4).map(\.utf8.count) == [2, 32, 16, 2],
            parts.prefix(4).allSatisfy({ $0.utf8.allSatisfy(Self.isLowercaseHex) }), parts[0] != "ff",
            parts[0] != "00" || parts.count == 4, parts[1].contains(where: { $0 != "0" }),
            parts[2].contains(where: { $0 != "0" })
        else { return nil }
        self.text = text
        traceId = String(parts[1])
    }

    private static func isLowercaseHex(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
