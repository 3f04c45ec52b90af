import PurserCore

extension OTLPPoints {
    /// Returns a whole number; 64-bit ones are strings in OTLP's JSON.
    static func integer(_ json: JSONValue?) -> Int? {
        json?.integer ?? json?.string.flatMap { Int($0) }
    }

    /// Returns a number; NaN and the infinities are strings in OTLP's JSON.
    static func double(_ json: JSONValue?) -> Double? {
        switch json {
        case .string("NaN"): .nan
        case .string("Infinity"): .infinity
        case .string("-Infinity"): -.infinity
        default: json?.double
        }
    }

    /// Returns a time from nanoseconds since 1970; nil for zero, which means no time.
    static func time(_ json: JSONValue?) -> Timestamp? {
        guard let nanos = integer(json), nanos > 0 else { return nil }
        return Timestamp(milliseconds: Int64(nanos / 1_000_000))
    }

    /// Returns an attribute's value as a dimension's value.
    static func text(_ value: JSONValue) -> String {
        if let text = value["stringValue"]?.string { return text }
        if let flag = value["boolValue"]?.boolean { return flag ? "true" : "false" }
        if let number = integer(value["intValue"]) { return String(number) }
        return value.members?.first.map { $0.value.text() } ?? ""
    }

    /// Returns CloudWatch's unit for a UCUM unit; annotations such as `{token}` are counts.
    static func unit(_ text: String) -> MetricUnit {
        let units: [String: MetricUnit] = [
            "s": .seconds, "ms": .milliseconds, "us": .microseconds, "By": .bytes, "kBy": .kilobytes,
            "MBy": .megabytes, "GBy": .gigabytes, "TBy": .terabytes, "bit": .bits, "kbit": .kilobits,
            "Mbit": .megabits, "Gbit": .gigabits, "Tbit": .terabits, "%": .percent, "By/s": .bytesPerSecond,
            "kBy/s": .kilobytesPerSecond, "MBy/s": .megabytesPerSecond, "GBy/s": .gigabytesPerSecond,
            "bit/s": .bitsPerSecond, "kbit/s": .kilobitsPerSecond, "Mbit/s": .megabitsPerSecond,
        ]
        if let unit = units[text] { return unit }
        guard text.hasPrefix("{") else { return .none }
        if text.hasSuffix("}") { return .count }
        return text.hasSuffix("}/s") ? .countPerSecond : .none
    }
}
