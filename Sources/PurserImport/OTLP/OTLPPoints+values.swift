import PurserCore

extension OTLPPoints {
    /// A whole number; 64-bit ones are texts in OTLP's JSON.
    static func integer(_ json: JSONValue?) -> Int? {
        json?.integer ?? json?.string.flatMap { Int($0) }
    }

    /// A number; NaN and the infinities are texts in OTLP's JSON.
    static func double(_ json: JSONValue?) -> Double? {
        switch json {
        case .string("NaN"): .nan
        case .string("Infinity"): .infinity
        case .string("-Infinity"): -.infinity
        default: json?.double
        }
    }

    /// Nanoseconds since 1970; zero is none.
    static func time(_ json: JSONValue?) -> Timestamp? {
        guard let nanos = integer(json), nanos > 0 else { return nil }
        return Timestamp(milliseconds: Int64(nanos / 1_000_000))
    }

    /// An attribute's value as a dimension's.
    static func text(_ value: JSONValue) -> String {
        if let text = value["stringValue"]?.string { return text }
        if let flag = value["boolValue"]?.boolean { return flag ? "true" : "false" }
        if let number = integer(value["intValue"]) { return String(number) }
        return value.members?.first.map { $0.value.text() } ?? ""
    }

    /// CloudWatch's unit for one of UCUM's; `{token}` and the like count things.
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
