import PurserCore

/// A sample line of OpenMetrics or of Prometheus's text format: `name{label="value"} value timestamp # exemplar`.
struct OpenMetricsSample: Equatable {
    var name: String
    var labels: [PurserCore.Dimension]
    var value: Double
    /// Nil if the line has no time.
    var time: Timestamp?

    /// Parses a line; throws a ``Fault`` that says what was expected and where.
    init(_ line: String) throws(Fault) {
        var reader = Reader(bytes: Array(line.utf8))
        (name, labels) = try reader.series()
        value = try reader.number("a value")
        time = nil
        reader.skipSpace()
        if let next = reader.next, next != UInt8(ascii: "#") {
            let stamp = try reader.number("a timestamp")
            // OpenMetrics uses seconds, and Prometheus's text uses milliseconds, which read as seconds would be in the
            // year 5138 or later.
            time = MetricLimits.time(milliseconds: stamp.magnitude < 1e11 ? (stamp * 1000).rounded() : stamp)
            guard time != nil else { throw Fault("\(stamp) is not a valid timestamp") }
            reader.skipSpace()
        }
        guard reader.next == nil || reader.next == UInt8(ascii: "#") else {
            throw reader.expected("the end of the line")
        }
    }

    struct Fault: Error, Equatable, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        var next: UInt8? { position < bytes.count ? bytes[position] : nil }

        mutating func skipSpace() {
            while next == UInt8(ascii: " ") || next == UInt8(ascii: "\t") { position += 1 }
        }

        mutating func skip(_ character: Character) -> Bool {
            guard let value = character.asciiValue, next == value else { return false }
            position += 1
            return true
        }

        func expected(_ what: String) -> Fault {
            Fault("column \(position + 1): \(what) is expected")
        }

        /// Returns the bytes up to one of these or the end.
        mutating func word(until stops: String) -> String {
            let start = position
            while let byte = next, !stops.utf8.contains(byte) { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }

        mutating func number(_ what: String) throws(Fault) -> Double {
            skipSpace()
            let start = position
            let text = word(until: " \t")
            guard let value = Double(text) else {
                position = start
                throw expected(what)
            }
            return value
        }

        /// Returns the name and the labels; a quoted name is among the labels.
        mutating func series() throws(Fault) -> (String, [PurserCore.Dimension]) {
            skipSpace()
            var name = word(until: "{ \t")
            var labels: [PurserCore.Dimension] = []
            skipSpace()
            if skip("{") {
                skipSpace()
                while !skip("}") {
                    let isQuoted = next == UInt8(ascii: "\"")
                    let label = isQuoted ? try quoted() : word(until: "=\", }\t")
                    skipSpace()
                    if skip("=") {
                        skipSpace()
                        labels.append(PurserCore.Dimension(label, try quoted()))
                    } else if isQuoted, name.isEmpty {
                        name = label
                    } else {
                        throw expected("`=`")
                    }
                    skipSpace()
                    if !skip(","), next != UInt8(ascii: "}") { throw expected("`,` or `}`") }
                    skipSpace()
                }
            }
            if name.isEmpty { throw Fault("column 1: a metric's name is expected") }
            return (name, labels)
        }

        mutating func quoted() throws(Fault) -> String {
            guard skip("\"") else { throw expected("`\"`") }
            var out: [UInt8] = []
            while let byte = next {
                position += 1
                switch byte {
                case UInt8(ascii: "\""): return String(decoding: out, as: UTF8.self)
                case UInt8(ascii: "\\"):
                    guard let escaped = next else { throw expected("an escaped character") }
                    position += 1
                    switch escaped {
                    case UInt8(ascii: "n"): out.append(0x0a)
                    case UInt8(ascii: "\\"), UInt8(ascii: "\""): out.append(escaped)
                    default: out += [byte, escaped]
                    }
                default: out.append(byte)
                }
            }
            throw expected("`\"`")
        }
    }
}
