extension AlarmEvaluation {
    /// Returns a summary in the alarm's own units: `10.98s > 10.00s, 3 of 3 x 1m`.
    ///
    /// It has the newest value and the threshold, with the sign that holds between them, then the number of breaching
    /// datapoints, the number of periods and their length. If the newest value contradicts the state, the datapoints
    /// that decided it come first: `4 of the last 5 x 1m above 5 %, newest 2 %` in ALARM, and
    /// `1 of the last 5 x 1m above 5 %, 3 needed` otherwise. If all datapoints are missing, it begins with `no data`.
    /// For a composite alarm it names the alarms of its rule that are in ALARM.
    package func summary(of definition: AlarmDefinition) -> String {
        guard let condition = definition.condition else {
            return ruleWords
        }
        let periods = "\(condition.evaluationPeriods) x \(Self.text(period: definition.period))"
        let kept = reason == nil ? ", state kept" : ""
        guard let point = datapoints.last, let value = point.value, let thresholds = condition.thresholds(of: point)
        else { return "no data" + (missingWords(condition) ?? ", \(breachingCount) of \(periods)") + kept }
        let comparison = condition.comparison
        let threshold = comparison.threshold(value, thresholds)
        let isMoney = definition.isInDollars && max(value.magnitude, threshold.magnitude) < 1e15
        let texts =
            isMoney ? Self.dollars(value, threshold) : Self.texts(value, comparedWith: threshold, definition.unit)
        let isAlarm = state == .alarm
        let needed = ", \(condition.neededToAlarm) needed"
        if condition.isBreaching(point) == isAlarm {
            let isPartOf = !isAlarm && breachingCount > 0 && condition.neededToAlarm < condition.evaluationPeriods
            return "\(texts.value) \(comparison.sign(value, thresholds)) \(texts.threshold), "
                + "\(breachingCount) of \(periods)" + (isPartOf ? needed : "") + kept
        }
        let side = comparison.isWithBand ? comparison.side : comparison.side + " " + texts.threshold
        let decided = "\(breachingCount) of the last \(periods) \(side)"
        guard isAlarm else { return decided + needed + kept }
        return decided + (missingWords(condition) ?? "") + ", newest \(texts.value)" + kept
    }

    /// Returns `, 3 missing count as breaching` if it is such datapoints that make the alarm; otherwise nil.
    private func missingWords(_ condition: AlarmCondition) -> String? {
        guard state == .alarm, condition.missingDataTreatment == .breaching, breachingCount < condition.neededToAlarm
        else { return nil }
        return ", \(missingCount) missing \(missingCount == 1 ? "counts" : "count") as breaching"
    }

    private static func dollars(_ value: Double, _ threshold: Double) -> (value: String, threshold: String) {
        let amounts = [value, threshold].map { Picodollars(Int128(($0 * 1e12).rounded())) }
        let isTiny = value != 0 && value.magnitude < 0.01
        return ComparedText.pair(amounts[0], amounts[1], decimals: (isTiny ? 6 : 2)...Picodollars.decimals) {
            $0.inDollars(decimals: $1)
        }
    }

    /// Returns a length of time in the largest unit that divides it: `90m`, `2h`.
    static func text(period: Int) -> String {
        for (seconds, letter) in [(86_400, "d"), (3600, "h"), (60, "m")] where period % seconds == 0 {
            return String(period / seconds) + letter
        }
        return String(period) + "s"
    }

    /// Returns a value and the threshold that it is compared with, with as many decimals as tell them apart.
    ///
    /// The value has at least one decimal more than the threshold needs, and at least two.
    static func texts(
        _ value: Double,
        comparedWith threshold: Double,
        _ unit: MetricUnit?
    ) -> (value: String, threshold: String) {
        let least = max(2, decimals(of: threshold) + 1)
        let texts = ComparedText.pair(value, threshold, decimals: least...12) { text($0, unit, decimals: $1) }
        guard value != threshold, texts.0 == texts.1 else { return texts }
        return (JavaNumber.text(value), JavaNumber.text(threshold))
    }

    /// Returns how many decimals a number needs, at most six; none if it needs more.
    private static func decimals(of value: Double) -> Int {
        var scaled = value.magnitude
        for count in 0...6 {
            if (scaled - scaled.rounded()).magnitude <= 1e-9 * max(1, scaled) { return count }
            scaled *= 10
        }
        return 0
    }

    /// Returns a value with its unit and at most so many decimals: seconds always with two, and others without trailing
    /// zeros.
    static func text(_ value: Double, _ unit: MetricUnit?, decimals: Int = 2) -> String {
        let text = fixed(value, decimals: decimals)
        let parts = text.split(separator: ".")
        guard parts.count == 2, !text.contains("E") else { return text + (unit?.suffix ?? "") }
        let least = unit == .seconds ? 2 : 0
        var fraction = String(parts[1])
        while fraction.count > least, fraction.hasSuffix("0") { fraction.removeLast() }
        return parts[0] + (fraction.isEmpty ? "" : "." + fraction) + (unit?.suffix ?? "")
    }

    /// Returns a value with this many decimals, or in Java's notation if it is too large for them or would round to 0.
    private static func fixed(_ value: Double, decimals: Int) -> String {
        let scaled = ((0..<decimals).reduce(value.magnitude) { scaled, _ in scaled * 10 }).rounded()
        guard scaled < 1e15, scaled > 0 || value == 0 else { return JavaNumber.text(value) }
        let digits = String(Int(scaled)).leftPadded(to: decimals + 1)
        return (value < 0 ? "-" : "") + digits.dropLast(decimals) + "." + digits.suffix(decimals)
    }
}

extension AlarmComparison {
    /// On which side of the threshold a breaching value lies.
    fileprivate var side: String {
        switch self {
        case .greaterOrEqual: "at or above"
        case .greater: "above"
        case .less: "below"
        case .lessOrEqual: "at or below"
        case .outside: "outside the band"
        case .belowLower: "below the band"
        case .aboveUpper: "above the band"
        }
    }
}

extension MetricUnit {
    /// What is written after a value, `s` or ` %`; nothing for a count and a number without a unit.
    fileprivate var suffix: String {
        switch self {
        case .seconds: "s"
        case .milliseconds: "ms"
        case .percent: " %"
        case .count, .none: ""
        default: " " + rawValue
        }
    }
}
