/// Writes whole numbers in a variable number of bytes: seven bits per byte, the lowest first; signed ones in zigzag
/// encoding.
struct ByteWriter {
    var bytes: [UInt8] = []

    mutating func unsigned(_ value: some UnsignedInteger & FixedWidthInteger) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func signed(_ value: Int128) {
        unsigned(UInt128(bitPattern: (value << 1) ^ (value >> 127)))
    }

    mutating func extreme(_ value: Double, whole: Bool) {
        if whole {
            signed(Int128(value))
        } else {
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(shift)))
            }
        }
    }
}

extension Double {
    /// Whether this is a whole number in the range in which a double can hold every whole number; -0 does not count,
    /// because it would lose its sign.
    var isSmallInteger: Bool {
        magnitude < 0x1p53 && rounded() == self && !(self == 0 && sign == .minus)
    }
}
