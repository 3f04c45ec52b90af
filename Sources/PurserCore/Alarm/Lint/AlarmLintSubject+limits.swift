/// What Purser reads and CloudWatch refuses.
extension AlarmLintSubject {
    func limits() -> [AlarmLintMessage] {
        var messages: [AlarmLintMessage] = []
        let topics = AlarmState.allCases.flatMap(alarm.actions(for:)).compactMap(TopicARN.init)
        let regions = Set(topics.map(\.region)).sorted()
        if regions.count > 1 {
            let sentence =
                "its topics are in \(regions.joined(separator: " and ")), and an alarm reaches those of its own Region alone"
            messages.append((.cloudWatchRefuses, sentence + "; name topics of one Region"))
        }
        for tag in alarm.tags where tag.key.lowercased().hasPrefix("aws:") {
            messages.append(
                (.cloudWatchRefuses, "the tag `\(tag.key)` begins with aws:, which AWS keeps for itself; rename it")
            )
        }
        let keys = alarm.tags.map(\.key)
        for key in Set(keys.filter { key in keys.count { $0 == key } > 1 }).sorted() {
            messages.append((.cloudWatchRefuses, "the tag `\(key)` stands twice; leave one out"))
        }
        return messages
    }
}
