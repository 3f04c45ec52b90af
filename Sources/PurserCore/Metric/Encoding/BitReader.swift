/// Reads what a ``BitWriter`` wrote.
struct BitReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private let end: Int

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        end = bytes.count * 8
    }

    /// Whether only the padding of the last byte is left.
    var isAtEnd: Bool {
        end - position < 8 && (position == end || upcoming() == 0)
    }

    /// Returns the next 56 bits or more, the first one highest, with zeros beyond the end.
    @inline(__always)
    private func upcoming() -> UInt64 {
        let first = position >> 3
        let word: UInt64
        if first + 8 <= bytes.count {
            word = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: first, as: UInt64.self))
        } else {
            var rest: UInt64 = 0
            for offset in first..<first + 8 {
                rest = rest << 8 | (offset < bytes.count ? UInt64(bytes[offset]) : 0)
            }
            word = rest
        }
        return word << UInt64(position & 7)
    }

    mutating func read(bits: Int) throws(CorruptDistribution) -> UInt64 {
        guard bits > 32 else { return try readShort(bits: bits) }
        let high = try readShort(bits: bits - 32)
        return high << 32 | (try readShort(bits: 32))
    }

    @inline(__always)
    private mutating func readShort(bits: Int) throws(CorruptDistribution) -> UInt64 {
        guard bits > 0 else { return 0 }
        guard position + bits <= end else { throw CorruptDistribution() }
        let value = upcoming() >> UInt64(64 - bits)
        position += bits
        return value
    }

    /// Reads `count` numbers, in order, into an array that is reused.
    mutating func column(_ count: Int, into values: inout [UInt64]) throws(CorruptDistribution) {
        values.removeAll(keepingCapacity: true)
        let k = UInt64(try readShort(bits: 6))
        // A number takes at least one bit unless all are 0: without this check, a damaged count would allocate memory
        // for numbers that were never written.
        guard count <= max(k == UInt64(BitWriter.allZero) ? Self.mostZeros : 0, end - position) else {
            throw CorruptDistribution()
        }
        values.append(contentsOf: repeatElement(0, count: count))
        if k == UInt64(BitWriter.allZero) { return }
        var word = upcoming()
        var available = 64 - position & 7
        for index in 0..<count {
            if available < Self.longestFastCode {
                word = upcoming()
                available = 64 - position & 7
            }
            let ones = (~word).leadingZeroBitCount
            if ones < BitWriter.longestUnary, k <= 32 {
                // At most 16 bits of unary and 32 more, so all are in the word. Two shifts, because k may be 0.
                let low = ((word &<< UInt64(ones + 1)) &>> 1) &>> (63 - k)
                values[index] = UInt64(ones) &<< k | low
                let length = ones + 1 + Int(k)
                word = word &<< UInt64(length)
                available -= length
                position += length
            } else {
                values[index] = try slowNumber(ones: ones, k)
                available = 0
            }
        }
        guard position <= end else { throw CorruptDistribution() }
    }

    /// More than any block has.
    private static let mostZeros = 1 << 17
    private static let longestFastCode = BitWriter.longestUnary + 32

    private mutating func slowNumber(ones: Int, _ k: UInt64) throws(CorruptDistribution) -> UInt64 {
        if ones < BitWriter.longestUnary {
            position += ones + 1
            return UInt64(ones) << k | (try read(bits: Int(k)))
        }
        position += BitWriter.longestUnary
        return try read(bits: 64)
    }

    /// Reads a single number.
    mutating func number() throws(CorruptDistribution) -> UInt64 {
        let k = UInt64(try readShort(bits: 6))
        if k == UInt64(BitWriter.allZero) { return 0 }
        let number = try slowNumber(ones: min((~upcoming()).leadingZeroBitCount, BitWriter.longestUnary), k)
        guard position <= end else { throw CorruptDistribution() }
        return number
    }
}
