/// Rules about an alarm's actions and runbook.
extension AlarmLintSubject {
    func actions() -> [AlarmLintMessage] {
        var messages: [AlarmLintMessage] = []
        let keys: [(AlarmState, String)] = [
            (.ok, "OKActions"), (.alarm, "AlarmActions"), (.insufficientData, "InsufficientDataActions"),
        ]
        if alarm.actionsEnabled {
            if !alarm.hasTopic(in: .alarm), !isSilentOnPurpose {
                messages.append((.noTopic, "no topic configured: no one is notified of an ALARM; set AlarmActions"))
            }
            for text in alarm.unfilledActions {
                let flags = UnfilledAction.flags([text]).joined(separator: " ")
                messages.append((.noTopic, "no topic configured: \(text) has no value; give \(flags)"))
            }
            if alarm.takesActions(in: .alarm), !alarm.takesActions(in: .ok) {
                messages.append((.endUnheard, "no one is notified when an ALARM ends; set OKActions"))
            }
        }
        for text in alarm.otherActions {
            let kind = AlarmAction.kind(of: text) ?? "no topic"
            messages.append((.otherAction, "\(text) is \(kind), which CloudWatch carries out but Purser does not"))
        }
        for (state, key) in keys {
            let topics = alarm.writtenActions(for: state)
            for topic in Set(topics.filter { topic in topics.count { $0 == topic } > 1 }).sorted() {
                messages.append((.duplicateTopic, "\(key) names \(topic) twice; remove one"))
            }
        }
        if let runbook = alarm.runbook, context.missingRunbooks.contains(runbook) {
            messages.append(
                (.runbookMissing, "there is no file \(runbook); create it, or correct the path in AlarmDescription")
            )
        }
        return messages
    }

    /// Whether a composite alarm sends messages in place of this alarm, or it is there to suppress others.
    var isSilentOnPurpose: Bool {
        gatherers[alarm.name] != nil || suppressors.contains(alarm.name)
    }
}
