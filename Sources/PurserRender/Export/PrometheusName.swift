import PurserCore

/// Names of metrics and labels that Prometheus accepts, made from CloudWatch's.
enum PrometheusName {
    /// Returns the name of a metric: namespace, name and unit in snake case, `chat_service_latency_seconds`.
    static func metric(_ series: Series) -> String {
        var name = identifier(series.metric.namespace + "_" + series.metric.name)
        while name.hasSuffix("_"), name.count > 1 { name.removeLast() }
        guard let unit = unit(series.unit), !name.hasSuffix("_" + unit) else { return name }
        return name + "_" + unit
    }

    /// Returns the name of a metric's samples without their suffix; a counter's own `_total` is such a suffix.
    static func family(_ series: Series) -> String {
        let name = metric(series)
        return name.hasSuffix("_total") ? String(name.dropLast("_total".count)) : name
    }

    /// Returns the last part of a name, which is its unit; nil for counts and plain numbers.
    static func unit(_ unit: MetricUnit) -> String? {
        switch unit {
        case .count, .none: nil
        case .countPerSecond: "per_second"
        default: identifier(unit.rawValue.replacing("/", with: "_per_"))
        }
    }

    /// Returns the dimensions as labels, with names in snake case. Names that two dimensions would share are numbered,
    /// and names that Prometheus reserves are avoided.
    static func labels(_ dimensions: [Dimension]) -> String {
        var taken: Set<String> = ["le", "quantile"]
        return dimensions.map { dimension in
            let name = free(identifier(dimension.name), taken: taken)
            taken.insert(name)
            return name + "=\"" + escaped(dimension.value) + "\""
        }.joined(separator: ",")
    }

    /// Returns the name, or the first of `name_2`, `name_3` and so on that is not taken.
    static func free(_ name: String, taken: Set<String>) -> String {
        var (free, number) = (name, 1)
        while taken.contains(free) {
            number += 1
            free = name + "_\(number)"
        }
        return free
    }

    /// Returns `cpu_usage_total` for `CPUUsage.total`.
    static func identifier(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var out = ""
        for (index, scalar) in scalars.enumerated() {
            guard isLetter(scalar) || isDigit(scalar) else {
                if !out.hasSuffix("_") { out += "_" }
                continue
            }
            let before = index > 0 ? scalars[index - 1] : nil
            let after = index + 1 < scalars.count ? scalars[index + 1] : nil
            let isWordStart =
                isUpper(scalar)
                && (before.map { isLower($0) || isDigit($0) } == true
                    || before.map(isUpper) == true && after.map(isLower) == true)
            if isWordStart { out += "_" }
            out += String(scalar).lowercased()
        }
        // Prometheus reserves names with two leading underscores, and a name cannot begin with a digit.
        return out.first.map { $0.isNumber } ?? true ? "_" + out : out
    }

    /// Returns a label's value as it is written between quotes.
    static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { out, scalar in
            switch scalar {
            case "\\": out += "\\\\"
            case "\"": out += "\\\""
            case "\n": out += "\\n"
            default: out.unicodeScalars.append(scalar)
            }
        }
    }

    private static func isLower(_ scalar: Unicode.Scalar) -> Bool { ("a"..."z").contains(scalar) }
    private static func isUpper(_ scalar: Unicode.Scalar) -> Bool { ("A"..."Z").contains(scalar) }
    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool { isLower(scalar) || isUpper(scalar) }
    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
