/// Definitions that Purser accepts and CloudWatch rejects.
extension AlarmLintSubject {
    func limits() -> [AlarmLintMessage] {
        var messages: [AlarmLintMessage] = []
        let topics = AlarmState.allCases.flatMap(alarm.actions(for:)).compactMap(TopicARN.init)
        let regions = Set(topics.map(\.region)).sorted()
        if regions.count > 1 {
            let sentence =
                "its topics are in \(regions.joined(separator: " and ")), and an alarm reaches only those in its Region"
            messages.append((.cloudWatchRefuses, sentence + "; name topics of one Region"))
        }
        // User guide: anomaly detection does not support high-resolution metrics; its longest documented period is a day.
        if alarm.usesBand, !(60...86_400).contains(alarm.period) {
            let period = AlarmEvaluation.text(period: alarm.period)
            let sentence = "CloudWatch does not learn a band over periods of \(period)"
            messages.append(
                (.cloudWatchRefuses, sentence + "; use a Period of 60 to 86400")
            )
        }
        for tag in alarm.tags where tag.key.lowercased().hasPrefix("aws:") {
            messages.append(
                (.cloudWatchRefuses, "the tag `\(tag.key)` begins with aws:, which AWS reserves; rename it")
            )
        }
        let keys = alarm.tags.map(\.key)
        for key in Set(keys.filter { key in keys.count { $0 == key } > 1 }).sorted() {
            messages.append((.cloudWatchRefuses, "the tag `\(key)` is given twice; remove one"))
        }
        return messages
    }
}
