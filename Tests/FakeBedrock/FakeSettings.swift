/// The program's settings, read from its flags.
struct FakeSettings {
    var address = "127.0.0.1"
    var port: UInt16 = 0
    /// The delay before the response, or before a stream's first event.
    var latencyMilliseconds = 0
    /// The delay between one event of a stream and the next.
    var pieceMilliseconds = 0
    var seed: UInt64 = 1
    /// If nil, the text is counted: one token for every four bytes.
    var inputTokens: ClosedRange<Int>?
    /// Never more than the request's maxTokens.
    var outputTokens = 64...64
    var faults = FaultPlan()
    var journal: String?
    var mostSkewSeconds = 300

    init(arguments: [String]) throws {
        var rest = arguments[...]
        while let flag = rest.popFirst() {
            guard let value = rest.popFirst() else { throw FakeFault("\(flag) needs a value") }
            switch flag {
            case "--listen": try listen(value)
            case "--latency-ms": latencyMilliseconds = try Self.number(value, flag)
            case "--piece-ms": pieceMilliseconds = try Self.number(value, flag)
            case "--seed": seed = UInt64(try Self.number(value, flag))
            case "--input-tokens": inputTokens = try Self.range(value, flag)
            case "--output-tokens": outputTokens = try Self.range(value, flag)
            case "--fault": try faults.add(value)
            case "--script": faults.script = try FaultPlan.names(value)
            case "--journal": journal = value
            case "--max-skew-seconds": mostSkewSeconds = try Self.number(value, flag)
            default: throw FakeFault("\(flag) is not a flag of this program")
            }
        }
    }

    private mutating func listen(_ value: String) throws {
        let parts = value.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1]) else {
            throw FakeFault("--listen: must have the form 127.0.0.1:0")
        }
        address = String(parts[0])
        self.port = port
    }

    private static func number(_ text: String, _ flag: String) throws -> Int {
        guard let number = Int(text), number >= 0 else { throw FakeFault("\(flag): \(text) is not a whole number") }
        return number
    }

    /// Reads `10`, or `10..20` with both ends.
    private static func range(_ text: String, _ flag: String) throws -> ClosedRange<Int> {
        let ends = text.split(separator: ".").map { Int($0) }
        guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], 0 <= first,
            first <= last
        else { throw FakeFault("\(flag): \(text) is not a range like 10..20") }
        return first...last
    }
}
