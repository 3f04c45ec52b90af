package import PurserCore

/// Recorded traffic: when calls arrived, and how many tokens they had.
package struct TrafficTrace: Sendable, Equatable {
    package struct Row: Sendable, Equatable {
        /// Nanoseconds since the first row.
        package var offset: Int64
        package var inputTokens: Int
        package var outputTokens: Int

        package init(offset: Int64, inputTokens: Int, outputTokens: Int) {
            self.offset = offset
            self.inputTokens = inputTokens
            self.outputTokens = outputTokens
        }
    }

    /// When the first row was recorded.
    package var start: Timestamp
    /// In ascending order of offset.
    package var rows: [Row]

    package init(start: Timestamp, rows: [Row]) {
        self.start = start
        self.rows = rows
    }

    /// The first line of a trace file.
    package static let header = "TIMESTAMP,ContextTokens,GeneratedTokens"

    private static let longestNanoseconds: Int64 = 400 * 86_400 * 1_000_000_000

    /// The maximum number of tokens in a row, which is more than any model's context.
    static let mostTokens = 100_000_000

    /// Reads lines such as `2023-11-16 18:15:46.6805900,374,44` below ``header``, as the Azure LLM inference traces have
    /// them; lines may end in CR LF.
    ///
    /// Throws ``Diagnostics`` with the first twenty faults, each by file and line; nothing is read from a file with a fault.
    package init(csv text: String, file: String) throws {
        var faults: [Diagnostic] = []
        var rows: [Row] = []
        var first: (milliseconds: Int64, nanoseconds: Int64)?
        var line = 0
        var last = Int64.min
        // Lines are split at LF only: Swift treats CR LF as one character, and a trace may have either.
        for bytes in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            line += 1
            let content = Substring(bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes)
            if line == 1 {
                if content != Self.header {
                    throw Diagnostics([
                        Diagnostic(
                            file: file + ":1",
                            "the first line must be `\(Self.header)`, not `\(content.prefix(80))`"
                        )
                    ])
                }
                continue
            }
            if content.isEmpty { continue }
            switch Self.row(content) {
            case .failure(let fault):
                faults.append(Diagnostic(file: file + ":\(line)", key: fault.column, fault.message))
            case .success(let row):
                let start = first ?? (row.milliseconds, row.nanoseconds)
                first = start
                let offset = (row.milliseconds - start.milliseconds) * 1_000_000 + row.nanoseconds - start.nanoseconds
                if offset < last {
                    let message = "the time is before that of the previous row; rows must be in ascending order"
                    faults.append(Diagnostic(file: file + ":\(line)", key: "TIMESTAMP", message))
                }
                if offset > Self.longestNanoseconds {
                    let message = "the time is more than 400 days after that of the first row"
                    faults.append(Diagnostic(file: file + ":\(line)", key: "TIMESTAMP", message))
                }
                last = offset
                rows.append(Row(offset: offset, inputTokens: row.input, outputTokens: row.output))
            }
            if faults.count == 20 { break }
        }
        if !faults.isEmpty { throw Diagnostics(faults) }
        guard let first else { throw Diagnostics([Diagnostic(file: file, "the file has no rows")]) }
        self.init(start: Timestamp(milliseconds: first.milliseconds), rows: rows)
    }

    private struct Fault: Error {
        var column: String?
        var message: String
    }

    private typealias Parsed = (milliseconds: Int64, nanoseconds: Int64, input: Int, output: Int)

    private static func row(_ line: Substring) -> Result<Parsed, Fault> {
        let fields = line.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map(Substring.init)
        guard fields.count == 3 else {
            return .failure(Fault(column: nil, message: "\(fields.count) fields; a row has 3 (\(header))"))
        }
        guard let time = Timestamp(iso8601: fields[0]), (1970..<2200).contains(time.fields.year) else {
            let allowed = "a time like 2023-11-16 18:15:46.6805900"
            return .failure(Fault(column: "TIMESTAMP", message: "`\(fields[0].prefix(40))` is not \(allowed)"))
        }
        var tokens: [Int] = []
        for (name, field) in zip(["ContextTokens", "GeneratedTokens"], fields[1...]) {
            guard let value = Int(field), (0...mostTokens).contains(value), field.utf8.first != UInt8(ascii: "+") else {
                let message = "`\(field.prefix(40))` is not a whole number from 0 to \(mostTokens)"
                return .failure(Fault(column: name, message: message))
            }
            tokens.append(value)
        }
        return .success((time.milliseconds, nanosecondsPastMillisecond(fields[0]), tokens[0], tokens[1]))
    }

    /// The fourth to ninth digits of a fraction.
    private static func nanosecondsPastMillisecond(_ time: Substring) -> Int64 {
        guard let dot = time.utf8.firstIndex(of: UInt8(ascii: ".")) else { return 0 }
        let digits = time.utf8[dot...].dropFirst().prefix { (48...57).contains($0) }.dropFirst(3).prefix(6)
        let value = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 48) }
        return (0..<(6 - digits.count)).reduce(value) { value, _ in value * 10 }
    }
}
