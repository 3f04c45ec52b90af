/// Writes columns of whole numbers bit by bit, with Rice codes.
///
/// A column begins with its parameter k in six bits; 63 means that all its numbers are 0. A number n is written as n /
/// 2^k in unary (ones and a zero), followed by the lowest k bits of n. Sixteen ones mean that the number follows
/// unencoded in 64 bits. Counts, distances and remainders are small and skewed; for such numbers these codes are close
/// to the shortest possible.
struct BitWriter {
    private(set) var bytes: [UInt8] = []
    /// The bits that do not fill a byte yet, the oldest one highest.
    private var pending: UInt64 = 0
    private var pendingCount = 0

    static let allZero = 63
    static let longestUnary = 16

    mutating func write(_ value: UInt64, bits: Int) {
        guard bits > 32 else { return writeShort(value, bits: bits) }
        writeShort(value >> 32, bits: bits - 32)
        writeShort(value & 0xffff_ffff, bits: 32)
    }

    private mutating func writeShort(_ value: UInt64, bits: Int) {
        pending = pending << UInt64(bits) | value
        pendingCount += bits
        while pendingCount >= 8 {
            pendingCount -= 8
            bytes.append(UInt8(truncatingIfNeeded: pending >> UInt64(pendingCount)))
        }
    }

    /// Fills the last byte with zeros.
    mutating func finish() {
        if pendingCount > 0 { writeShort(0, bits: 8 - pendingCount) }
    }

    mutating func column(_ values: [UInt64]) {
        guard let k = Self.plan(values).parameter else { return write(UInt64(Self.allZero), bits: 6) }
        write(UInt64(k), bits: 6)
        for value in values {
            let quotient = value >> UInt64(k)
            if quotient < UInt64(Self.longestUnary) {
                write((1 << (quotient + 1)) - 2, bits: Int(quotient) + 1)
                if k > 0 { write(value & ((1 << UInt64(k)) - 1), bits: k) }
            } else {
                write((1 << UInt64(Self.longestUnary)) - 1, bits: Self.longestUnary)
                write(value, bits: 64)
            }
        }
    }

    /// Returns how many bits a column will take.
    static func bits(_ values: [UInt64]) -> Int {
        plan(values).bits
    }

    /// Returns a column's parameter, which is nil if all its numbers are 0, and how many bits the column takes with it.
    private static func plan(_ values: [UInt64]) -> (parameter: Int?, bits: Int) {
        var (sum, largest) = (0.0, UInt64(0))
        for value in values {
            sum += Double(value)
            largest = max(largest, value)
        }
        guard largest > 0 else { return (nil, 6) }
        func bits(_ k: Int) -> Int {
            values.reduce(6) { bits, value in
                let quotient = value >> UInt64(k)
                return bits + (quotient < UInt64(longestUnary) ? Int(quotient) + 1 + k : longestUnary + 64)
            }
        }
        // The best parameter is near the logarithm of the mean, or below it if a few numbers are far larger than the
        // others.
        let mean = UInt64(exactly: (sum / Double(values.count)).rounded(.up)) ?? .max
        let start = max(0, min(allZero - 1, 63 - max(1, mean).leadingZeroBitCount))
        var best = (parameter: start, bits: bits(start))
        for direction in [-1, 1] {
            var k = start + direction
            while k >= 0, k < allZero {
                let bits = bits(k)
                // One step may cost more and the next less if numbers cross the limit of the unary part.
                guard bits <= best.bits + values.count else { break }
                if bits < best.bits { best = (k, bits) }
                k += direction
            }
        }
        return best
    }
}
