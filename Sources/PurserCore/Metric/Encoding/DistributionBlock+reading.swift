/// Reads blocks; using one reader for many blocks avoids allocations for each of them.
package struct DistributionBlockReader: Sendable {
    /// A slot of the block that was read last.
    package struct Entry: Sendable {
        /// The slot's number within the block.
        package var index: Int
        package fileprivate(set) var count: Int
        package fileprivate(set) var sumNanos: Int128
        var minimum: Double
        var maximum: Double
        fileprivate var buckets: Range<Int>
    }

    /// The slot length, in seconds, of the block that was read last.
    package private(set) var step = DistributionBlock.seconds
    /// By ascending index.
    package private(set) var entries: [Entry] = []
    /// The buckets of all entries, one after the other.
    private var buckets: [Distribution.Bucket] = []
    private var indices: [UInt64] = []
    private var firstKeys: [UInt64] = []
    private var lengths: [UInt64] = []
    private var numbers: [UInt64] = []

    private static let largestKey: UInt64 = 140_000

    package init() {}

    /// Returns an entry as a separate value.
    package func distribution(_ entry: Entry) -> Distribution {
        Distribution(
            count: entry.count,
            sumNanos: entry.sumNanos,
            minimum: entry.minimum,
            maximum: entry.maximum,
            buckets: Array(buckets[entry.buckets])
        )
    }

    /// Adds an entry's samples to an accumulator.
    package func add(_ entry: Entry, to accumulator: inout DistributionAccumulator) {
        accumulator.add(
            count: entry.count,
            sumNanos: entry.sumNanos,
            minimum: entry.minimum,
            maximum: entry.maximum
        )
        // A slice of the array would be retained and released for every slot.
        buckets.withUnsafeBufferPointer { buckets in
            for position in entry.buckets {
                accumulator.add(key: buckets[position].key, count: buckets[position].count)
            }
        }
    }

    /// Reads a block's slots into ``entries``; throws ``CorruptDistribution`` for bytes that are not a block.
    package mutating func read(_ bytes: UnsafeRawBufferPointer) throws(CorruptDistribution) {
        entries.removeAll(keepingCapacity: true)
        buckets.removeAll(keepingCapacity: true)
        guard let head = bytes.first, let form = DistributionBlock.Form(rawValue: head >> 2) else {
            throw CorruptDistribution()
        }
        step = DistributionBlock.steps[Int(head & 3)]
        let rest = UnsafeRawBufferPointer(rebasing: bytes[1...])
        let slots = DistributionBlock.slots(ofStep: step)
        guard form != .plain else { return try plain(rest, slots) }
        var bits = BitReader(rest)
        let count = try bits.number()
        guard count > 0, count <= UInt64(slots) else { throw CorruptDistribution() }
        try bits.column(Int(count), into: &indices)
        var next: UInt64 = 0
        for position in indices.indices {
            let (index, isTooLarge) = next.addingReportingOverflow(indices[position])
            guard !isTooLarge, index < UInt64(slots) else { throw CorruptDistribution() }
            indices[position] = index
            next = index + 1
        }
        if form == .counts {
            try onlyCounts(&bits)
        } else {
            try histograms(&bits, form)
        }
        guard bits.isAtEnd else { throw CorruptDistribution() }
    }

    /// Appends an entry with the buckets from `start` on; ``figures(_:_:)`` fills in the values omitted here.
    private mutating func append(
        _ index: Int,
        from start: Int,
        count: Int = 0,
        sumNanos: Int128 = 0,
        minimum: Double = 0,
        maximum: Double = 0
    ) {
        entries.append(
            Entry(
                index: index,
                count: count,
                sumNanos: sumNanos,
                minimum: minimum,
                maximum: maximum,
                buckets: start..<buckets.count
            )
        )
    }

    private mutating func plain(_ bytes: UnsafeRawBufferPointer, _ slots: Int) throws(CorruptDistribution) {
        var reader = ByteReader(bytes)
        var next = 0
        for _ in 0..<(try reader.count()) {
            let index = try reader.count()
            guard index >= next, index < slots else { throw CorruptDistribution() }
            next = index + 1
            let distribution = try Distribution(encoded: try reader.slice(try reader.count()))
            let start = buckets.count
            buckets += distribution.buckets
            append(
                index,
                from: start,
                count: distribution.count,
                sumNanos: distribution.sumNanos,
                minimum: distribution.minimum,
                maximum: distribution.maximum
            )
        }
        guard reader.isAtEnd else { throw CorruptDistribution() }
    }

    private mutating func onlyCounts(_ bits: inout BitReader) throws(CorruptDistribution) {
        let unit = try Self.unit(&bits)
        let (nanos, isTooLarge) = try bits.number().unzigzagged.multipliedReportingOverflow(by: unit)
        let value = Double(nanos) / 1e9
        guard !isTooLarge, let one = Distribution(value: value) else { throw CorruptDistribution() }
        let least = try bits.number()
        try bits.column(indices.count, into: &numbers)
        for (index, number) in zip(indices, numbers) {
            let (sum, isTooLarge) = least.addingReportingOverflow(number)
            guard !isTooLarge, let count = Int(exactly: sum), count > 0 else { throw CorruptDistribution() }
            let start = buckets.count
            buckets.append(.init(key: one.buckets[0].key, count: count))
            append(
                Int(index),
                from: start,
                count: count,
                sumNanos: one.sumNanos * Int128(count),
                minimum: value,
                maximum: value
            )
        }
    }

    /// Reads the power of ten, in billionths, that divides the figures.
    private static func unit(_ bits: inout BitReader) throws(CorruptDistribution) -> Int64 {
        let exponent = try bits.read(bits: 4)
        guard exponent <= 9 else { throw CorruptDistribution() }
        return (0..<exponent).reduce(Int64(1)) { product, _ in product * 10 }
    }

    private mutating func histograms(_ bits: inout BitReader, _ form: DistributionBlock.Form)
        throws(CorruptDistribution)
    {
        let unit = try Self.unit(&bits)
        guard let base = Int32(exactly: try bits.number().unzigzagged), UInt64(base.magnitude) <= Self.largestKey else {
            throw CorruptDistribution()
        }
        try bits.column(indices.count, into: &firstKeys)
        guard firstKeys.allSatisfy({ $0 <= 2 * Self.largestKey }) else { throw CorruptDistribution() }
        let least = form == .samples ? try bits.number() : 0
        // How many numbers each slot has in addition to its first key.
        try bits.column(indices.count, into: &lengths)
        guard least <= 2 * Self.largestKey, lengths.allSatisfy({ $0 <= 2 * Self.largestKey }) else {
            throw CorruptDistribution()
        }
        switch form {
        case .dense: try dense(&bits, base)
        case .samples: try samples(&bits, base, least)
        default: try sparse(&bits, base)
        }
        try figures(&bits, unit)
    }

    private mutating func sparse(_ bits: inout BitReader, _ base: Int32) throws(CorruptDistribution) {
        let further = Int(lengths.reduce(0, +))
        // The keys come first, from the gaps in `numbers`; then the counts are filled in.
        try bits.column(further, into: &numbers)
        var gap = 0
        for (position, index) in indices.enumerated() {
            var key = UInt64(firstKeys[position])
            let start = buckets.count
            buckets.append(.init(key: try Self.key(base, key), count: 0))
            for _ in 0..<lengths[position] {
                guard numbers[gap] <= 2 * Self.largestKey else { throw CorruptDistribution() }
                key += numbers[gap] + 1
                gap += 1
                buckets.append(.init(key: try Self.key(base, key), count: 0))
            }
            append(Int(index), from: start)
        }
        try bits.column(buckets.count, into: &numbers)
        for position in entries.indices {
            for place in entries[position].buckets {
                guard let count = Int(exactly: numbers[place]), count < .max else { throw CorruptDistribution() }
                buckets[place].count = count + 1
                entries[position].count = Distribution.sum(entries[position].count, count + 1)
            }
        }
    }

    private mutating func dense(_ bits: inout BitReader, _ base: Int32) throws(CorruptDistribution) {
        try bits.column(indices.count + Int(lengths.reduce(0, +)), into: &numbers)
        var place = 0
        for (position, index) in indices.enumerated() {
            let start = buckets.count
            var samples = 0
            for distance in 0...lengths[position] {
                let number = numbers[place]
                place += 1
                if number == 0 { continue }
                guard let count = Int(exactly: number) else { throw CorruptDistribution() }
                samples = Distribution.sum(samples, count)
                buckets.append(.init(key: try Self.key(base, firstKeys[position] + distance), count: count))
            }
            guard samples > 0 else { throw CorruptDistribution() }
            append(Int(index), from: start, count: samples)
        }
    }

    private mutating func samples(
        _ bits: inout BitReader,
        _ base: Int32,
        _ least: UInt64
    ) throws(CorruptDistribution) {
        let all = lengths.reduce(least * UInt64(lengths.count), +)
        guard all >= UInt64(indices.count), lengths.allSatisfy({ least + $0 > 0 }) else { throw CorruptDistribution() }
        try bits.column(Int(all) - indices.count, into: &numbers)
        var place = 0
        for (position, index) in indices.enumerated() {
            let start = buckets.count
            var key = firstKeys[position]
            buckets.append(.init(key: try Self.key(base, key), count: 1))
            let count = Int(least + lengths[position])
            for _ in 1..<count {
                let gap = numbers[place]
                place += 1
                if gap == 0 {
                    buckets[buckets.count - 1].count += 1
                } else {
                    guard gap <= 2 * Self.largestKey else { throw CorruptDistribution() }
                    key += gap
                    buckets.append(.init(key: try Self.key(base, key), count: 1))
                }
            }
            append(Int(index), from: start, count: count)
        }
    }

    private static func key(_ base: Int32, _ distance: UInt64) throws(CorruptDistribution) -> Int32 {
        guard distance <= 2 * largestKey else { throw CorruptDistribution() }
        let key = base + Int32(distance)
        guard UInt64(key.magnitude) <= largestKey else { throw CorruptDistribution() }
        return key
    }

    /// Fills in the minimum, maximum and sum.
    private mutating func figures(_ bits: inout BitReader, _ unit: Int64) throws(CorruptDistribution) {
        // Each figure is needed to read the ones after it. They reuse the arrays of columns that are no longer needed.
        try bits.column(entries.count, into: &firstKeys)
        try bits.column(entries.reduce(0) { $0 + ($1.count > 1 ? 1 : 0) }, into: &lengths)
        try bits.column(entries.reduce(0) { $0 + ($1.count > 2 ? 1 : 0) }, into: &numbers)
        var (nextMaximum, nextSum) = (0, 0)
        for position in entries.indices {
            let buckets = buckets[entries[position].buckets]
            let minimum = try Self.nanos(firstKeys[position], buckets[buckets.startIndex].key, unit)
            entries[position].minimum = Double(minimum) / 1e9
            entries[position].maximum = entries[position].minimum
            entries[position].sumNanos = Int128(minimum)
            guard entries[position].count > 1 else { continue }
            let maximum = try Self.nanos(lengths[nextMaximum], buckets[buckets.endIndex - 1].key, unit)
            nextMaximum += 1
            guard minimum <= maximum else { throw CorruptDistribution() }
            entries[position].maximum = Double(maximum) / 1e9
            entries[position].sumNanos += Int128(maximum)
            guard entries[position].count > 2 else { continue }
            let foreseen = Distribution.foreseenSum(buckets, minimumNanos: minimum, maximumNanos: maximum)
            entries[position].sumNanos = (foreseen / Int128(unit) + Int128(numbers[nextSum].unzigzagged)) * Int128(unit)
            nextSum += 1
        }
    }

    private static func nanos(_ distance: UInt64, _ key: Int32, _ unit: Int64) throws(CorruptDistribution) -> Int64 {
        guard let distance = Int64(exactly: distance), distance <= 4_000_000_000_000_000_000 else {
            throw CorruptDistribution()
        }
        let units = Distribution.edgeNanos(key) / unit + (key < 0 ? -distance : distance)
        let (nanos, isTooLarge) = units.multipliedReportingOverflow(by: unit)
        guard !isTooLarge, nanos.magnitude <= 4_000_000_000_000_000_000 else { throw CorruptDistribution() }
        return nanos
    }
}
