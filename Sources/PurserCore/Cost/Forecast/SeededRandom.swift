/// Random numbers that are the same for the same seed, on every machine: SplitMix64 (Steele, Lea and Flood, 2014).
package struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// Returns a number from 0 up to, but not including, 1.
    package mutating func unit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Returns an approximately normal number with mean 0 and deviation 1: the sum of twelve uniform numbers. This
    /// avoids a logarithm, whose last digit differs between systems.
    package mutating func bell() -> Double {
        (0..<12).reduce(-6.0) { sum, _ in sum + unit() }
    }
}
