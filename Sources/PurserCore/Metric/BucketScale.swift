/// The buckets of every histogram here: base-2 exponential at the fixed scale 6, with 64 buckets per octave.
///
/// Bucket k holds the values in (b^k, b^(k+1)] with b = 2^(1/64), like OpenTelemetry's exponential histograms at scale
/// 6 and Prometheus native histograms of schema 6 (index k + 1). One scale for all makes merging exact, and a bucket's
/// estimate is at most 0.542 % off.
///
/// A bucket's *key* orders all buckets by value: positive values have k + offset, zero has 0, a negative value has the
/// negated key of its magnitude.
package enum BucketScale {
    /// Added to a bucket's index; larger than the magnitude of the smallest double's index, which is negative.
    package static let offset: Int32 = 70_000

    private static let mantissaMask: UInt64 = 0x000f_ffff_ffff_ffff

    /// The mantissa bits of 2^(j/64), correctly rounded, j = 0 to 64.
    private static let boundaries: InlineArray<65, UInt64> = [
        0x0000000000000, 0x02c9a3e778061, 0x059b0d3158574, 0x0874518759bc8, 0x0b5586cf9890f,
        0x0e3ec32d3d1a2, 0x11301d0125b51, 0x1429aaea92de0, 0x172b83c7d517b, 0x1a35beb6fcb75,
        0x1d4873168b9aa, 0x2063b88628cd6, 0x2387a6e756238, 0x26b4565e27cdd, 0x29e9df51fdee1,
        0x2d285a6e4030b, 0x306fe0a31b715, 0x33c08b26416ff, 0x371a7373aa9cb, 0x3a7db34e59ff7,
        0x3dea64c123422, 0x4160a21f72e2a, 0x44e086061892d, 0x486a2b5c13cd0, 0x4bfdad5362a27,
        0x4f9b2769d2ca7, 0x5342b569d4f82, 0x56f4736b527da, 0x5ab07dd485429, 0x5e76f15ad2148,
        0x6247eb03a5585, 0x6623882552225, 0x6a09e667f3bcd, 0x6dfb23c651a2f, 0x71f75e8ec5f74,
        0x75feb564267c9, 0x7a11473eb0187, 0x7e2f336cf4e62, 0x82589994cce13, 0x868d99b4492ed,
        0x8ace5422aa0db, 0x8f1ae99157736, 0x93737b0cdc5e5, 0x97d829fde4e50, 0x9c49182a3f090,
        0xa0c667b5de565, 0xa5503b23e255d, 0xa9e6b5579fdbf, 0xae89f995ad3ad, 0xb33a2b84f15fb,
        0xb7f76f2fb5e47, 0xbcc1e904bc1d2, 0xc199bdd85529c, 0xc67f12e57d14b, 0xcb720dcef9069,
        0xd072d4a07897c, 0xd5818dcfba487, 0xda9e603db3285, 0xdfc97337b9b5f, 0xe502ee78b3ff6,
        0xea4afa2a490da, 0xefa1bee615a27, 0xf50765b6e4540, 0xfa7c1819e90d8, 0x10000000000000,
    ]

    /// For the upper seven bits of a mantissa, how many boundaries lie below all mantissas with these bits.
    private static let boundariesBelow: InlineArray<128, UInt8> = [
        0, 1, 2, 3, 3, 4, 5, 5, 6, 7, 7, 8, 9, 9, 10, 11,
        11, 12, 13, 13, 14, 15, 15, 16, 16, 17, 18, 18, 19, 19, 20, 21,
        21, 22, 22, 23, 23, 24, 25, 25, 26, 26, 27, 27, 28, 28, 29, 29,
        30, 30, 31, 31, 32, 32, 33, 34, 34, 35, 35, 36, 36, 36, 37, 37,
        38, 38, 39, 39, 40, 40, 41, 41, 42, 42, 43, 43, 44, 44, 44, 45,
        45, 46, 46, 47, 47, 48, 48, 48, 49, 49, 50, 50, 51, 51, 51, 52,
        52, 53, 53, 53, 54, 54, 55, 55, 55, 56, 56, 57, 57, 57, 58, 58,
        59, 59, 59, 60, 60, 60, 61, 61, 62, 62, 62, 63, 63, 63, 64, 64,
    ]

    /// Returns the key of the bucket that holds a value; nil for NaN and the infinities.
    package static func key(of value: Double) -> Int32? {
        if value > 0 {
            return value.isFinite ? positiveKey(value) : nil
        }
        if value == 0 { return 0 }
        return value.isFinite ? -positiveKey(-value) : nil
    }

    /// Returns the key of a finite value above zero, from its bits alone: unlike a logarithm, this is exact at every
    /// edge.
    @inline(__always)
    static func positiveKey(_ value: Double) -> Int32 {
        var bits = value.bitPattern
        var exponent = Int32(truncatingIfNeeded: bits >> 52) - 1023
        if exponent == -1023 {
            // A subnormal number has no implicit leading one: scale it into the normal range first.
            bits = (value * 0x1p52).bitPattern
            exponent = Int32(truncatingIfNeeded: bits >> 52) - 1023 - 52
        }
        let mantissa = bits & mantissaMask
        // A 128th of the octave holds at most one boundary, so one comparison decides how many lie below. An upper edge
        // is inclusive.
        var below = Int(boundariesBelow[Int(truncatingIfNeeded: mantissa >> 45)])
        below &+= mantissa > boundaries[below] ? 1 : 0
        return exponent &* 64 &+ Int32(truncatingIfNeeded: below) &- 1 &+ offset
    }

    /// Returns the edge b^k: a bucket's exclusive lower bound, and the inclusive upper bound of the bucket before it.
    package static func edge(_ index: Int) -> Double {
        let octave = index >> 6
        let mantissa = boundaries[index & 63]
        if octave > -1023, octave < 1024 { return Double(bitPattern: UInt64(octave + 1023) << 52 | mantissa) }
        return Double(sign: .plus, exponent: octave, significand: Double(bitPattern: 0x3ff0_0000_0000_0000 | mantissa))
    }

    /// Returns whether `value`, which is in the bucket, is its upper edge, so nothing in the bucket is larger.
    static func isUpperEdge(_ value: Double, key: Int32) -> Bool {
        key == 0 || key > 0 && edge(Int(key) - Int(offset) + 1) == value
    }

    /// Returns the value that represents a bucket, 2·lower·upper/(lower+upper): it has the same relative distance to
    /// both edges.
    package static func estimate(key: Int32) -> Double {
        if key == 0 { return 0 }
        let index = Int(key.magnitude) - Int(offset)
        let (lower, upper) = (edge(index), edge(index + 1))
        let middle = upper.isFinite ? 2 * lower / (lower / upper + 1) : lower
        return key < 0 ? -middle : middle
    }
}
