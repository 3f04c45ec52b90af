import PurserCore

/// The names of metrics and labels that Prometheus takes, made from CloudWatch's.
enum PrometheusName {
    /// The name of a metric: namespace, name and unit in snake case, `chat_service_latency_seconds`.
    static func metric(_ series: Series) -> String {
        var name = identifier(series.metric.namespace + "_" + series.metric.name)
        while name.hasSuffix("_"), name.count > 1 { name.removeLast() }
        guard let unit = unit(series.unit), !name.hasSuffix("_" + unit) else { return name }
        return name + "_" + unit
    }

    /// The name that a metric's samples have before their suffix: a counter's own `_total` is one.
    static func family(_ series: Series) -> String {
        let name = metric(series)
        return name.hasSuffix("_total") ? String(name.dropLast("_total".count)) : name
    }

    /// The last part of a name, which says its unit; nil for counts and plain numbers.
    static func unit(_ unit: MetricUnit) -> String? {
        switch unit {
        case .count, .none: nil
        case .countPerSecond: "per_second"
        default: identifier(unit.rawValue.replacing("/", with: "_per_"))
        }
    }

    /// The dimensions as labels: names in snake case, those that two dimensions would share numbered, and none that
    /// Prometheus keeps for itself.
    static func labels(_ dimensions: [Dimension]) -> String {
        var taken: Set<String> = ["le", "quantile"]
        return dimensions.map { dimension in
            let name = free(identifier(dimension.name), taken: taken)
            taken.insert(name)
            return name + "=\"" + escaped(dimension.value) + "\""
        }.joined(separator: ",")
    }

    /// The name, or the first of `name_2`, `name_3` and so on that is not taken.
    static func free(_ name: String, taken: Set<String>) -> String {
        var (free, number) = (name, 1)
        while taken.contains(free) {
            number += 1
            free = name + "_\(number)"
        }
        return free
    }

    /// `CPUUsage.total` as `cpu_usage_total`.
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
        // Two underscores at the start are Prometheus' own, and a digit cannot stand there.
        return out.first.map { $0.isNumber } ?? true ? "_" + out : out
    }

    /// A label's value between its quotes.
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
