/// Writes a block's bytes.
struct DistributionBlockWriter {
    private let block: DistributionBlock

    init(_ block: DistributionBlock) {
        self.block = block
    }

    private func head(_ form: DistributionBlock.Form) -> UInt8 {
        UInt8(DistributionBlock.steps.firstIndex(of: block.step) ?? 0) | form.rawValue << 2
    }

    /// Returns the block slot by slot: the number of slots and, for each slot, its index, the number of its bytes, and
    /// the bytes.
    func plain() -> [UInt8] {
        var out = ByteWriter()
        out.bytes.append(head(.plain))
        out.unsigned(UInt64(block.entries.count))
        for entry in block.entries {
            let bytes = entry.distribution.encoded()
            out.unsigned(UInt64(entry.index))
            out.unsigned(UInt64(bytes.count))
            out.bytes += bytes
        }
        return out.bytes
    }

    /// Returns the block as columns, in the shortest form; nil if a figure does not fit into them.
    func columns() -> [UInt8]? {
        guard !block.entries.isEmpty, let unit = unit() else { return nil }
        if let value = onlyValue() {
            var out = start(.counts)
            out.write(UInt64(unit.exponent), bits: 4)
            out.column([UInt64(zigzag: value / unit.nanos)])
            let counts = block.entries.map { UInt64($0.distribution.count) }
            let least = counts.min() ?? 0
            out.column([least])
            out.column(counts.map { $0 - least })
            out.finish()
            return out.bytes
        }
        let all = block.entries.map(\.distribution.buckets)
        let forms: [(DistributionBlock.Form, [[UInt64]]?)] = [
            (.sparse, sparseColumns(all)), (.dense, denseColumns(all)), (.samples, sampleColumns(all)),
        ]
        let sized = forms.compactMap { form, columns in columns.map { (form: form, columns: $0, bits: Self.bits($0)) } }
        guard let shortest = sized.min(by: { $0.bits < $1.bits }) else { return nil }
        var out = start(shortest.form)
        out.write(UInt64(unit.exponent), bits: 4)
        let base = all.compactMap(\.first?.key).min() ?? 0
        out.column([UInt64(zigzag: Int64(base))])
        out.column(all.map { UInt64(($0.first?.key ?? base) - base) })
        for column in shortest.columns {
            out.column(column)
        }
        guard let figures = figures(unit.nanos) else { return nil }
        for column in figures {
            out.column(column)
        }
        out.finish()
        return out.bytes
    }

    /// Starts the output with the head and the indices of the slots.
    private func start(_ form: DistributionBlock.Form) -> BitWriter {
        var out = BitWriter()
        out.write(UInt64(head(form)), bits: 8)
        out.column([UInt64(block.entries.count)])
        var next = 0
        out.column(
            block.entries.map { entry in
                defer { next = entry.index + 1 }
                return UInt64(entry.index - next)
            }
        )
        return out
    }

    /// Returns the value of all samples in billionths, if they have only one.
    private func onlyValue() -> Int64? {
        guard let value = block.entries.first?.distribution.minimum else { return nil }
        let isOnly = block.entries.allSatisfy { entry in
            let distribution = entry.distribution
            return distribution.minimum == value && distribution.maximum == value && distribution.buckets.count == 1
                && distribution.sumNanos == Distribution.sum(of: value, count: distribution.count)
        }
        return isOnly ? Distribution.exactNanos(value) : nil
    }

    /// Returns the largest power of ten, in billionths, that divides all figures; nil if there is none.
    private func unit() -> (exponent: Int, nanos: Int64)? {
        var (exponent, nanos) = (9, Int64(1_000_000_000))
        for entry in block.entries {
            let distribution = entry.distribution
            guard !distribution.buckets.isEmpty, let sum = Int64(exactly: distribution.sumNanos),
                let minimum = Distribution.exactNanos(distribution.minimum),
                let maximum = Distribution.exactNanos(distribution.maximum)
            else { return nil }
            while exponent > 0, minimum % nanos != 0 || maximum % nanos != 0 || sum % nanos != 0 {
                exponent -= 1
                nanos /= 10
            }
        }
        return (exponent, nanos)
    }

    private static func bits(_ columns: [[UInt64]]) -> Int {
        columns.reduce(0) { $0 + BitWriter.bits($1) }
    }

    /// Returns how many buckets follow the first, the gaps between them, and their counts.
    private func sparseColumns(_ all: [[Distribution.Bucket]]) -> [[UInt64]] {
        [
            all.map { UInt64($0.count - 1) },
            all.flatMap { list in zip(list.dropFirst(), list).map { UInt64($0.key - $1.key - 1) } },
            all.flatMap { list in list.map { UInt64($0.count - 1) } },
        ]
    }

    /// Returns how far the last bucket is from the first, and the counts of all from the first to the last; nil if they
    /// are too far apart.
    private func denseColumns(_ all: [[Distribution.Bucket]]) -> [[UInt64]]? {
        let spans = all.map { Int(($0.last?.key ?? 0) - ($0.first?.key ?? 0)) }
        // With more than a few places per bucket, this is never the shorter form.
        guard spans.reduce(0, +) <= 16 * all.reduce(0, { $0 + $1.count }) else { return nil }
        var counts: [UInt64] = []
        for (list, span) in zip(all, spans) {
            let start = counts.count
            counts += repeatElement(0, count: span + 1)
            for bucket in list {
                counts[start + Int(bucket.key - list[0].key)] = UInt64(bucket.count)
            }
        }
        return [spans.map { UInt64($0) }, counts]
    }

    /// Returns the smallest number of samples, how many more each slot has, and the gaps between the samples; nil if
    /// there are too many.
    private func sampleColumns(_ all: [[Distribution.Bucket]]) -> [[UInt64]]? {
        let counts = all.map { $0.reduce(0) { Distribution.sum($0, $1.count) } }
        guard let least = counts.min(), counts.reduce(0, Distribution.sum) <= 32 * counts.count else { return nil }
        var gaps: [UInt64] = []
        for list in all {
            var previous = list.first?.key ?? 0
            for (position, bucket) in list.enumerated() {
                if position > 0 { gaps.append(UInt64(bucket.key - previous)) }
                gaps += repeatElement(0, count: bucket.count - 1)
                previous = bucket.key
            }
        }
        return [[UInt64(least)], counts.map { UInt64($0 - least) }, gaps]
    }

    /// Returns the minima, the maxima of slots with at least two samples, and the sums of slots with more; nil if they
    /// do not fit.
    private func figures(_ unit: Int64) -> [[UInt64]]? {
        var minima: [UInt64] = []
        var maxima: [UInt64] = []
        var sums: [UInt64] = []
        for entry in block.entries {
            let distribution = entry.distribution
            guard let first = distribution.buckets.first, let last = distribution.buckets.last,
                let minimum = Distribution.exactNanos(distribution.minimum),
                let maximum = Distribution.exactNanos(distribution.maximum)
            else { return nil }
            guard let low = UInt64(exactly: Distribution.distance(of: minimum, from: first.key, unit)),
                let high = UInt64(exactly: Distribution.distance(of: maximum, from: last.key, unit))
            else { return nil }
            minima.append(low)
            guard distribution.count > 1 else { continue }
            maxima.append(high)
            guard distribution.count > 2 else { continue }
            let foreseen = Distribution.foreseenSum(
                distribution.buckets[...],
                minimumNanos: minimum,
                maximumNanos: maximum
            )
            let distance = distribution.sumNanos / Int128(unit) - foreseen / Int128(unit)
            guard let distance = Int64(exactly: distance) else { return nil }
            sums.append(UInt64(zigzag: distance))
        }
        return [minima, maxima, sums]
    }
}
