/// The slots of one series in one hour, or its hours in one day, and their bytes.
///
/// The first byte has the step in its lowest two bits (10, 60, 300 or 3600 seconds) and the form above them. The usual
/// form is columns (``BitWriter``): the indices of the slots, their buckets, and the minimum, maximum and sum as
/// distances from what the buckets already imply. The unit of these figures is the largest power of ten, in billionths,
/// that divides all of them. A histogram is written as gaps and counts of its buckets, as the gaps between its samples,
/// or as the counts of a dense span of buckets, whichever is shortest. Values that columns cannot reproduce exactly
/// (extremes that are not whole billionths, and unknown histograms) are written slot by slot, as
/// ``Distribution/encoded()`` writes them.
package struct DistributionBlock: Sendable, Equatable {
    /// An hour: slots of finer steps share a block of this length.
    package static let seconds = 3600
    /// The steps that a block may have, in seconds. Slots of one hour share a block of one day.
    package static let steps = [10, 60, 300, 3600]

    /// Returns how many slots of a step a block may have.
    static func slots(ofStep step: Int) -> Int {
        step == seconds ? 24 : seconds / step
    }

    package struct Entry: Sendable, Equatable {
        /// The slot's number within the block: its start is `index * step` seconds after the hour's or the day's.
        package var index: Int
        package var distribution: Distribution

        package init(index: Int, distribution: Distribution) {
            self.index = index
            self.distribution = distribution
        }
    }

    /// The length of a slot in seconds, one of ``steps``.
    package let step: Int
    /// By ascending index; none is empty.
    package let entries: [Entry]

    /// Creates a block from entries in ascending order of their indices.
    package init(step: Int, entries: [Entry] = []) {
        self.step = step
        self.entries = entries
    }

    enum Form: UInt8 {
        /// Slot by slot.
        case plain = 0
        /// All samples of all slots have the same value: only their counts are written.
        case counts = 1
        case sparse = 2
        case dense = 3
        /// For few samples: how many there are, and the gaps between them in buckets.
        case samples = 4
    }

    /// Returns the block's bytes; ``init(encoded:)`` reads them back to an equal block.
    package func encoded() -> [UInt8] {
        let writer = DistributionBlockWriter(self)
        // The columns are used only if reading them back reproduces the block exactly.
        if let columns = writer.columns(), (try? DistributionBlock(encoded: columns)) == self { return columns }
        return writer.plain()
    }

    /// Reads what ``encoded()`` wrote; throws ``CorruptDistribution`` for any other bytes.
    package init(encoded bytes: [UInt8]) throws {
        var reader = DistributionBlockReader()
        try bytes.withUnsafeBytes { try reader.read($0) }
        self.init(
            step: reader.step,
            entries: reader.entries.map { .init(index: $0.index, distribution: reader.distribution($0)) }
        )
    }
}

extension DistributionBlock {
    /// Returns the step of a stored block, from its first byte.
    package static func step(ofEncoded bytes: [UInt8]) throws(CorruptDistribution) -> Int {
        guard let head = bytes.first else { throw CorruptDistribution() }
        return steps[Int(head & 3)]
    }
}

/// Merges slots of any step up to its own into one block.
package struct DistributionBlockMerger: Sendable {
    private let step: Int
    private var slots: [Int: DistributionAccumulator] = [:]
    private var reader = DistributionBlockReader()

    /// `step` is one of ``DistributionBlock/steps``.
    package init(step: Int) {
        self.step = step
    }

    /// Adds the slots of a stored block, which must not be coarser; throws ``CorruptDistribution`` if it is damaged.
    package mutating func add(encoded bytes: UnsafeRawBufferPointer) throws {
        try reader.read(bytes)
        for entry in reader.entries {
            reader.add(entry, to: &slots[entry.index * reader.step / step, default: DistributionAccumulator()])
        }
    }

    /// Adds samples that begin `offset` seconds after the block does.
    package mutating func add(_ distribution: Distribution, offset: Int) {
        guard !distribution.isEmpty else { return }
        slots[offset / step, default: DistributionAccumulator()].add(distribution)
    }

    /// Everything that was added.
    package var block: DistributionBlock {
        let entries = slots.sorted { $0.key < $1.key }.map {
            DistributionBlock.Entry(index: $0.key, distribution: $0.value.distribution)
        }
        return DistributionBlock(step: step, entries: entries)
    }
}

/// What a histogram already implies about the exact figures stored with it. These rules are part of the stored format.
extension Distribution {
    /// Returns a value as whole billionths; nil if they do not represent it exactly.
    static func exactNanos(_ value: Double) -> Int64? {
        guard value.magnitude < 4e9 else { return nil }
        let nanos = Int64((value * 1e9).rounded())
        return Double(nanos) / 1e9 == value && !(nanos == 0 && value.sign == .minus) ? nanos : nil
    }

    /// Returns the edge of a bucket that is nearer to zero, in billionths; 0 if it is too large for them.
    static func edgeNanos(_ key: Int32) -> Int64 {
        guard key != 0 else { return 0 }
        let edge = BucketScale.edge(Int(key.magnitude) - Int(BucketScale.offset))
        guard edge < 4e9 else { return 0 }
        let nanos = Int64((edge * 1e9).rounded(.down))
        return key < 0 ? -nanos : nanos
    }

    /// Returns how many units a value in a bucket is farther from zero than the bucket's edge.
    static func distance(of nanos: Int64, from key: Int32, _ unit: Int64) -> Int64 {
        let distance = nanos / unit - edgeNanos(key) / unit
        return key < 0 ? -distance : distance
    }

    /// Returns the sum as it would be if all samples but the smallest and the largest were at their bucket's estimate.
    ///
    /// The smaller the distance from the true sum, the fewer bits it takes. Beyond a few buckets the work is not worth it.
    static func foreseenSum(_ buckets: ArraySlice<Bucket>, minimumNanos: Int64, maximumNanos: Int64) -> Int128 {
        guard buckets.count <= 16 else { return 0 }
        let (minimum, maximum) = (Double(minimumNanos) / 1e9, Double(maximumNanos) / 1e9)
        var sum = 0.0
        for (position, bucket) in zip(buckets.indices, buckets) {
            var others = bucket.count
            if position == buckets.startIndex { others -= 1 }
            if position == buckets.endIndex - 1 { others -= 1 }
            let estimate = Swift.min(Swift.max(BucketScale.estimate(key: bucket.key), minimum), maximum)
            sum += estimate * Double(others)
        }
        guard sum.magnitude < 1e9 else { return 0 }
        // Below 1e18, so 64 bits suffice: converting through them is many times faster than converting to 128.
        return Int128(Int64((sum * 1e9).rounded())) + Int128(minimumNanos) + Int128(maximumNanos)
    }
}

extension UInt64 {
    /// Encodes a value so that small magnitudes of either sign become small numbers.
    init(zigzag value: Int64) {
        self = UInt64(bitPattern: (value << 1) ^ (value >> 63))
    }

    var unzigzagged: Int64 {
        Int64(bitPattern: self >> 1) ^ -Int64(bitPattern: self & 1)
    }
}
