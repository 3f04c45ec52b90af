/// Reads what a ``ByteWriter`` wrote.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func byte() throws(CorruptDistribution) -> UInt8 {
        guard position < bytes.count else { throw CorruptDistribution() }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func slice(_ count: Int) throws(CorruptDistribution) -> UnsafeRawBufferPointer {
        guard count <= bytes.count - position else { throw CorruptDistribution() }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    mutating func unsigned() throws(CorruptDistribution) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let next = try byte()
            value |= UInt64(next & 0x7f) << shift
            if next < 0x80 { return value }
        }
        throw CorruptDistribution()
    }

    mutating func signed() throws(CorruptDistribution) -> Int128 {
        var value: UInt128 = 0
        for shift in stride(from: 0, to: 128, by: 7) {
            let next = try byte()
            value |= UInt128(next & 0x7f) << UInt128(shift)
            if next < 0x80 {
                return Int128(bitPattern: value >> 1) ^ -Int128(bitPattern: value & 1)
            }
        }
        throw CorruptDistribution()
    }

    mutating func count() throws(CorruptDistribution) -> Int {
        guard let value = Int(exactly: try unsigned()) else { throw CorruptDistribution() }
        return value
    }

    mutating func extreme(whole: Bool) throws(CorruptDistribution) -> Double {
        if whole {
            return Double(try signed())
        }
        var bits: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bits |= UInt64(try byte()) << shift
        }
        return Double(bitPattern: bits)
    }
}
