/// A cache of instruments by the names under which they were requested, to make repeated requests fast.
///
/// A name is exactly what a call of swift-metrics passes: no string is built, nothing is sorted, and no reference is
/// counted, which would cost five nanoseconds each time. The same dimensions in two orders are two names for one
/// instrument. Memory is bounded: when there are too many names, all are forgotten, and a very long name is never
/// remembered. Names that are not remembered are looked up as if they were new.
struct RememberedNames {
    private struct Entry {
        let kind: Recorder.Kind
        let scope: Int
        let label: String
        let dimensions: [(String, String)]
        let instrument: any Instrument

        @inline(__always)
        borrowing func isNamed(
            _ kind: Recorder.Kind,
            _ scope: Int,
            _ label: borrowing String,
            _ dimensions: borrowing [(String, String)]
        ) -> Bool {
            guard self.kind == kind, self.scope == scope, self.label == label else { return false }
            let (own, others) = (self.dimensions.span, dimensions.span)
            guard own.count == others.count else { return false }
            for index in own.indices {
                guard own[index].0 == others[index].0, own[index].1 == others[index].1 else { return false }
            }
            return true
        }
    }

    private static let mostNames = 4096
    private static let longestName = 512

    private var entries: [Entry] = []
    /// Positions in `entries`. Of two names with the same digest, the later one is remembered.
    private var positions: [UInt64: Int] = [:]

    /// Returns the instrument of a name; nil if it is not remembered.
    @inline(__always)
    func instrument<Known: Instrument>(
        _ kind: Recorder.Kind,
        _ scope: Int,
        _ label: borrowing String,
        _ dimensions: borrowing [(String, String)],
        _ digest: NameDigest
    ) -> Known? {
        guard let position = positions[digest.value] else { return nil }
        let entries = entries.span
        guard entries[position].isNamed(kind, scope, label, dimensions) else { return nil }
        return entries[position].instrument as? Known
    }

    mutating func remember(
        _ instrument: any Instrument,
        _ kind: Recorder.Kind,
        _ scope: Int,
        _ label: String,
        _ dimensions: [(String, String)],
        _ digest: NameDigest
    ) {
        guard digest.length <= Self.longestName else { return }
        if entries.count >= Self.mostNames { removeAll() }
        positions[digest.value] = entries.count
        entries.append(
            Entry(kind: kind, scope: scope, label: label, dimensions: dimensions, instrument: instrument)
        )
    }

    mutating func removeAll() {
        self = RememberedNames()
    }
}

/// A hash of a name's texts, eight bytes at a time: a dictionary's own hash of each text takes too long.
struct NameDigest {
    private(set) var value: UInt64
    /// The total number of bytes in the texts.
    private(set) var length = 0

    init(_ scope: Int, _ label: borrowing String, _ dimensions: borrowing [(String, String)]) {
        value = UInt64(truncatingIfNeeded: scope)
        add(label)
        let dimensions = dimensions.span
        for index in dimensions.indices {
            add(dimensions[index].0)
            add(dimensions[index].1)
        }
    }

    @inline(__always)
    private mutating func add(_ text: borrowing String) {
        let bytes = text.utf8Span.span.bytes
        var offset = 0
        while offset + 8 <= bytes.byteCount {
            mix(bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        var rest: UInt64 = 0
        while offset < bytes.byteCount {
            rest = rest << 8 | UInt64(bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
            offset += 1
        }
        // The length keeps "ab", "c" apart from "a", "bc".
        mix(rest ^ UInt64(truncatingIfNeeded: bytes.byteCount) << 56)
        length += bytes.byteCount
    }

    @inline(__always)
    private mutating func mix(_ word: UInt64) {
        let product = (value ^ word ^ 0x2d35_8dcc_aa6c_78a5).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        value = product.high ^ product.low
    }
}
