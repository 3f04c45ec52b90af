import PurserCore

/// Reads OTLP's JSON: an export request on each line, as a collector writes them to a file, or one request that spans
/// several lines.
package struct OTLPReader: MetricFormatReader {
    let namespace: String
    private var pending = ""
    private var pendingPlace = ""
    private var depth = 0
    private var isInText = false
    private var points: OTLPPoints

    package init(namespace: String) {
        self.namespace = namespace
        points = OTLPPoints(namespace: namespace)
    }

    package var remembers: Bool { true }
    package var isPending: Bool { !pending.isEmpty }

    package mutating func read(_ line: String, at place: String) -> LineReading {
        var reading = LineReading()
        // An object that begins a line while another is open means that the open one was cut off.
        if isPending, line.hasPrefix("{\"") { reading = finish() }
        if !isPending {
            guard line.utf8.contains(where: { $0 > 0x20 }) else { return .skipped }
            pendingPlace = place
        }
        measure(line)
        if depth > 0 {
            pending += line + "\n"
            if pending.utf8.count > MetricLimits.longestLine {
                let message = "an object is longer than \(MetricLimits.longestLine >> 20) MiB"
                reading.faults.append(Diagnostic(file: pendingPlace, message))
                clear()
            }
            return reading
        }
        let text = pending + line
        let start = pendingPlace
        clear()
        do {
            let request = try JSONValue(parsing: text)
            guard request.members != nil else {
                reading.faults.append(Diagnostic(file: start, "an object with resourceMetrics is expected"))
                return reading
            }
            if let resources = request["resourceMetrics"] {
                points.read(resources, at: start, into: &reading)
            } else {
                reading.isSkipped = true
            }
        } catch {
            reading.faults.append(Diagnostic(file: start, "\(error)"))
        }
        return reading
    }

    package mutating func finish() -> LineReading {
        guard isPending else { return LineReading() }
        defer { clear() }
        let fault = Diagnostic(file: pendingPlace, "the object that begins here does not end")
        return LineReading(faults: [fault], endsEarlier: true, isUnfinished: true)
    }

    private mutating func clear() {
        (pending, depth, isInText) = ("", 0, false)
    }

    /// Counts the braces outside of strings.
    private mutating func measure(_ line: String) {
        var isEscaped = false
        for byte in line.utf8 {
            if isInText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInText = false
                }
            } else if byte == UInt8(ascii: "\"") {
                isInText = true
            } else if byte == UInt8(ascii: "{") {
                depth += 1
            } else if byte == UInt8(ascii: "}") {
                depth -= 1
            }
        }
        // A string cannot continue on the next line; the JSON parser reports it.
        if isInText { depth = 0 }
    }
}
