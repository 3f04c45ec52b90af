/// The slots of one series in one hour, or its hours in one day, and their bytes.
///
/// The first byte has the step in its lowest two bits (10, 60, 300 or 3600 seconds) and the form above them. The usual form is
/// columns (``BitWriter``): which slots there are, their buckets, and minimum, maximum and sum as distances from what the
/// buckets already tell, in the largest power of ten billionths that all of them are multiples of. A histogram is written as
/// gaps and counts of its buckets, as the gaps between its samples, or as the counts of a dense span of buckets, whichever is
/// shortest. What columns cannot give back exactly (extremes that are no whole billionths, histograms that are not known) is written slot by slot as
/// ``Distribution/encoded()`` does.
public struct DistributionBlock: Sendable, Equatable {
    /// An hour, which the slots of finer steps than it share a block of.
    public static let seconds = 3600
    /// The steps that a block may have, in seconds. Slots of an hour share a block of a day.
    public static let steps = [10, 60, 300, 3600]

    /// How many slots of a step a block may have.
    static func slots(ofStep step: Int) -> Int {
        step == seconds ? 24 : seconds / step
    }

    public struct Entry: Sendable, Equatable {
        /// The slot's number within the block: its start is `index * step` seconds after the hour's or the day's.
        public var index: Int
        public var distribution: Distribution

        public init(index: Int, distribution: Distribution) {
            self.index = index
            self.distribution = distribution
        }
    }

    /// Seconds of a slot, one of ``steps``.
    public let step: Int
    /// By ascending index; none is empty.
    public let entries: [Entry]

    /// A block from entries by ascending index.
    public init(step: Int, entries: [Entry] = []) {
        self.step = step
        self.entries = entries
    }

    enum Form: UInt8 {
        /// Slot by slot.
        case plain = 0
        /// All samples of all slots have one value: only their counts are written.
        case counts = 1
        case sparse = 2
        case dense = 3
        /// For few samples: how many there are, and the gaps between them in buckets.
        case samples = 4
    }

    /// The block's bytes; ``init(encoded:)`` reads them back to an equal block.
    public func encoded() -> [UInt8] {
        let writer = DistributionBlockWriter(self)
        // The columns are read back before they are relied on: what they do not give back exactly, they are not used for.
        if let columns = writer.columns(), (try? DistributionBlock(encoded: columns)) == self { return columns }
        return writer.plain()
    }

    /// Reads what ``encoded()`` wrote; throws ``CorruptDistribution`` for any other bytes.
    public init(encoded bytes: [UInt8]) throws {
        var reader = DistributionBlockReader()
        try bytes.withUnsafeBytes { try reader.read($0) }
        self.init(
            step: reader.step,
            entries: reader.entries.map { .init(index: $0.index, distribution: reader.distribution($0)) }
        )
    }
}

extension DistributionBlock {
    /// The step of a stored block, from its first byte.
    public static func step(ofEncoded bytes: [UInt8]) throws(CorruptDistribution) -> Int {
        guard let head = bytes.first else { throw CorruptDistribution() }
        return steps[Int(head & 3)]
    }
}

/// Merges slots of any step up to its own into one block.
public struct DistributionBlockMerger: Sendable {
    private let step: Int
    private var slots: [Int: DistributionAccumulator] = [:]
    private var reader = DistributionBlockReader()

    /// `step` is one of ``DistributionBlock/steps``.
    public init(step: Int) {
        self.step = step
    }

    /// Adds the slots of a stored block, which must not be coarser; throws ``CorruptDistribution`` where it is damaged.
    public mutating func add(encoded bytes: UnsafeRawBufferPointer) throws {
        try reader.read(bytes)
        for entry in reader.entries {
            reader.add(entry, to: &slots[entry.index * reader.step / step, default: DistributionAccumulator()])
        }
    }

    /// Adds samples that began `offset` seconds after the block did.
    public mutating func add(_ distribution: Distribution, offset: Int) {
        guard !distribution.isEmpty else { return }
        slots[offset / step, default: DistributionAccumulator()].add(distribution)
    }

    /// All that was added.
    public var block: DistributionBlock {
        let entries = slots.sorted { $0.key < $1.key }.map {
            DistributionBlock.Entry(index: $0.key, distribution: $0.value.distribution)
        }
        return DistributionBlock(step: step, entries: entries)
    }
}

/// What a histogram already tells of the exact figures beside it. These rules are part of the stored format.
extension Distribution {
    /// A value as whole billionths, where the value is exactly what they stand for; nil where it is not.
    static func exactNanos(_ value: Double) -> Int64? {
        guard value.magnitude < 4e9 else { return nil }
        let nanos = Int64((value * 1e9).rounded())
        return Double(nanos) / 1e9 == value && !(nanos == 0 && value.sign == .minus) ? nanos : nil
    }

    /// The edge of a bucket that is nearer to zero, in billionths; 0 where it has no place in them.
    static func edgeNanos(_ key: Int32) -> Int64 {
        guard key != 0 else { return 0 }
        let edge = BucketScale.edge(Int(key.magnitude) - Int(BucketScale.offset))
        guard edge < 4e9 else { return 0 }
        let nanos = Int64((edge * 1e9).rounded(.down))
        return key < 0 ? -nanos : nanos
    }

    /// How many units a value of a bucket is farther from zero than the bucket's edge.
    static func distance(of nanos: Int64, from key: Int32, _ unit: Int64) -> Int64 {
        let distance = nanos / unit - edgeNanos(key) / unit
        return key < 0 ? -distance : distance
    }

    /// What the sum would be if all samples but the smallest and the largest lay at their bucket's estimate.
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
        // Below 1e18: a conversion by way of 64 bits is many times faster than the one to 128.
        return Int128(Int64((sum * 1e9).rounded())) + Int128(minimumNanos) + Int128(maximumNanos)
    }
}

extension UInt64 {
    /// Small numbers for small magnitudes of either sign.
    init(zigzag value: Int64) {
        self = UInt64(bitPattern: (value << 1) ^ (value >> 63))
    }

    var unzigzagged: Int64 {
        Int64(bitPattern: self >> 1) ^ -Int64(bitPattern: self & 1)
    }
}
