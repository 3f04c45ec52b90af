extension DistributionAccumulator {
    /// Adds values given as their bits; returns how many of them no distribution can hold.
    package mutating func add(valueBits bits: Span<UInt64>) -> Int {
        let value = { (bits: UInt64) -> Double? in
            let value = Double(bitPattern: bits)
            return value.magnitude <= Distribution.largestMagnitude ? value : nil
        }
        var (added, sum, low, high) = (0, Int128(0), Double.infinity, -Double.infinity)
        for index in bits.indices {
            guard let value = value(bits[index]) else { continue }
            added += 1
            sum += Distribution.nanos(value)
            low = value < low ? value : low
            high = value > high ? value : high
        }
        guard added > 0 else { return bits.count }
        add(count: added, sumNanos: sum, minimum: low, maximum: high)
        count(bits, lowest: low, highest: high, value)
        return bits.count - added
    }

    /// Adds durations, given as the bits of their nanoseconds, in seconds; their sum is exact.
    package mutating func add(nanosecondBits bits: Span<UInt64>) {
        guard !bits.isEmpty else { return }
        var (sum, low, high) = (Int128(0), Int64.max, Int64.min)
        for index in bits.indices {
            let duration = Int64(bitPattern: bits[index])
            sum += Int128(duration)
            low = Swift.min(low, duration)
            high = Swift.max(high, duration)
        }
        add(count: bits.count, sumNanos: sum, minimum: Double(low) / 1e9, maximum: Double(high) / 1e9)
        // The product may be an ulp off the quotient, and so may the edge of a bucket.
        count(bits, lowest: Double(low) * 1e-9, highest: Double(high) * 1e-9) {
            Double(Int64(bitPattern: $0)) * 1e-9
        }
    }

    /// Counts samples in their buckets; `value` returns nil for those that have none.
    @inline(__always)
    private mutating func count(
        _ bits: Span<UInt64>,
        lowest: Double,
        highest: Double,
        _ value: (UInt64) -> Double?
    ) {
        // Keys ascend with their values, so a window that holds the keys of both ends holds all of them.
        guard let first = BucketScale.key(of: lowest), let last = BucketScale.key(of: highest),
            holds(first) || stretch(to: first), holds(last) || stretch(to: last)
        else {
            for index in bits.indices {
                if let key = value(bits[index]).flatMap(BucketScale.key) { add(key: key, count: 1) }
            }
            return
        }
        let firstKey = firstKey
        // One span for all samples: each access to the array itself would check whether it is shared.
        var counts = window.mutableSpan
        for index in bits.indices {
            guard let value = value(bits[index]) else { continue }
            let key = value > 0 ? BucketScale.positiveKey(value) : BucketScale.key(of: value) ?? 0
            counts[Int(key &- firstKey)] = Distribution.sum(counts[Int(key &- firstKey)], 1)
        }
    }

    private func holds(_ key: Int32) -> Bool {
        window.indices.contains(Int(key) - Int(firstKey))
    }
}
