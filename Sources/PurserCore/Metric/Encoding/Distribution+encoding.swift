/// The bytes of a stored distribution.
///
/// One byte of flags, then variable-length integers (seven bits per byte, the lowest first; signed ones in zigzag
/// encoding). The minimum comes first, then the parts that the flags do not make redundant: maximum, sum, and the
/// buckets. The buckets are written as their number and, for each, the distance of its key from the previous one and
/// its count.
extension Distribution {
    private struct Flags: OptionSet {
        let rawValue: UInt8
        /// The minimum and the maximum are whole numbers, written as integers instead of eight bytes.
        static let wholeExtremes = Flags(rawValue: 1)
        /// The sum is written in whole units instead of billionths.
        static let wholeSum = Flags(rawValue: 2)
        /// Every sample is the minimum: only the count follows.
        static let uniform = Flags(rawValue: 4)
        /// The count is written, because the buckets do not hold all samples.
        static let partialHistogram = Flags(rawValue: 8)
    }

    /// Returns the distribution's bytes; ``init(encoded:)`` reads them back to an equal value.
    package func encoded() -> [UInt8] {
        var flags: Flags = []
        let whole = minimum.isSmallInteger && maximum.isSmallInteger
        if whole { flags.insert(.wholeExtremes) }
        let inBuckets = buckets.reduce(0) { Self.sum($0, $1.count) }
        let isUniform =
            minimum == maximum && buckets.count == 1 && inBuckets == count
            && sumNanos == Self.sum(of: minimum, count: count)
        if isUniform { flags.insert(.uniform) }
        if !isUniform, sumNanos % 1_000_000_000 == 0 { flags.insert(.wholeSum) }
        if inBuckets != count { flags.insert(.partialHistogram) }

        var out = ByteWriter()
        out.bytes.append(flags.rawValue)
        out.extreme(minimum, whole: whole)
        if isUniform {
            out.unsigned(UInt64(count))
            return out.bytes
        }
        out.extreme(maximum, whole: whole)
        out.signed(flags.contains(.wholeSum) ? sumNanos / 1_000_000_000 : sumNanos)
        if flags.contains(.partialHistogram) { out.unsigned(UInt64(count)) }
        out.unsigned(UInt64(buckets.count))
        var previous: Int32 = 0
        for bucket in buckets {
            out.signed(Int128(bucket.key - previous))
            out.unsigned(UInt64(bucket.count))
            previous = bucket.key
        }
        return out.bytes
    }

    /// Reads what ``encoded()`` wrote; throws ``CorruptDistribution`` for any other bytes.
    package init(encoded bytes: UnsafeRawBufferPointer) throws(CorruptDistribution) {
        var buckets: [Bucket] = []
        var previous = Int32.min
        let head = try EncodedHead(bytes) { (key, count) throws(CorruptDistribution) in
            // No writer produces buckets that are out of order or empty.
            guard key > previous, count > 0 else { throw CorruptDistribution() }
            previous = key
            buckets.append(Bucket(key: key, count: count))
        }
        self.init(
            count: head.count,
            sumNanos: head.sumNanos,
            minimum: head.minimum,
            maximum: head.maximum,
            buckets: buckets
        )
    }

    /// As ``init(encoded:)-(UnsafeRawBufferPointer)`` for an array of bytes.
    package init(encoded bytes: [UInt8]) throws {
        self = try bytes.withUnsafeBytes { try Distribution(encoded: $0) }
    }
}

/// The error for bytes that are not a stored distribution.
package struct CorruptDistribution: Error, CustomStringConvertible {
    package var description: String { "a stored distribution is damaged" }
}

extension DistributionAccumulator {
    /// Adds a stored distribution from its bytes; throws ``CorruptDistribution`` if they are damaged, after which the
    /// accumulator must not be used.
    package mutating func add(encoded bytes: UnsafeRawBufferPointer) throws(CorruptDistribution) {
        let head = try EncodedHead(bytes) { (key, count) throws(CorruptDistribution) in add(key: key, count: count) }
        add(count: head.count, sumNanos: head.sumNanos, minimum: head.minimum, maximum: head.maximum)
    }
}

/// The figures of a stored distribution apart from its buckets.
private struct EncodedHead {
    var count: Int
    var sumNanos: Int128
    var minimum: Double
    var maximum: Double

    /// Reads a stored distribution and passes its buckets to `bucket` one by one.
    @inline(__always)
    init(
        _ bytes: UnsafeRawBufferPointer,
        bucket: (Int32, Int) throws(CorruptDistribution) -> Void
    ) throws(CorruptDistribution) {
        var reader = ByteReader(bytes)
        let flags = try reader.byte()
        guard flags & ~0x0f == 0 else { throw CorruptDistribution() }
        let isWhole = flags & 1 != 0
        minimum = try reader.extreme(whole: isWhole)
        if flags & 4 != 0 {
            maximum = minimum
            count = try reader.count()
            guard reader.isAtEnd, let uniform = Distribution(value: minimum, count: count) else {
                throw CorruptDistribution()
            }
            sumNanos = uniform.sumNanos
            try bucket(uniform.buckets[0].key, count)
            return
        }
        maximum = try reader.extreme(whole: isWhole)
        let (sum, isTooLarge) = try reader.signed().multipliedReportingOverflow(by: flags & 2 != 0 ? 1_000_000_000 : 1)
        guard !isTooLarge, minimum <= maximum, minimum.magnitude <= Distribution.largestMagnitude,
            maximum.magnitude <= Distribution.largestMagnitude
        else { throw CorruptDistribution() }
        sumNanos = sum
        let declared = flags & 8 != 0 ? try reader.count() : nil
        let buckets = try reader.count()
        var key: Int128 = 0
        var inBuckets = 0
        for _ in 0..<buckets {
            let distance = try reader.signed()
            guard distance.magnitude <= 280_000 else { throw CorruptDistribution() }
            key += distance
            let count = try reader.count()
            inBuckets = Distribution.sum(inBuckets, count)
            guard key.magnitude <= 140_000 else { throw CorruptDistribution() }
            try bucket(Int32(key), count)
        }
        guard reader.isAtEnd else { throw CorruptDistribution() }
        count = declared ?? inBuckets
    }
}
