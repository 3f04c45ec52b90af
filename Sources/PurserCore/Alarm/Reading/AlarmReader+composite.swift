extension AlarmReader {
    private static let compositeKeys = [
        "AlarmName", "AlarmDescription", "ActionsEnabled", "OKActions", "AlarmActions", "InsufficientDataActions",
        "AlarmRule", "ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod", "Tags",
    ]
    private static let longestReference = 1600
    // A week: longer than any alarm looks back, and short enough to reject milliseconds given by mistake.
    private static let longestWaitSeconds = 604_800

    /// Reads the input of put-composite-alarm.
    mutating func composite(_ root: JSONPlace) -> AlarmDefinition? {
        faults.checkKeys(of: root, supported: Self.compositeKeys, of: "put-composite-alarm")
        let common = common(root)
        let expression = expression(root)
        let before = faults.diagnostics.count
        let suppressor = suppressor(root)
        guard let common, let expression, faults.diagnostics.count == before else { return nil }
        return definition(root, common, .composite(AlarmComposite(expression: expression, suppressor: suppressor)), nil)
    }

    private mutating func expression(_ root: JSONPlace) -> CompositeExpression? {
        let longest = CompositeExpression.longest
        guard let text = faults.text(root, "AlarmRule", isRequired: true, length: 1...longest) else { return nil }
        do {
            return try CompositeExpression.parse(text)
        } catch {
            faults.fault("AlarmRule", error.description)
            return nil
        }
    }

    private mutating func suppressor(_ root: JSONPlace) -> AlarmComposite.Suppressor? {
        let (waitKey, extensionKey) = ("ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")
        let hasSuppressor = root.has("ActionsSuppressor")
        let seconds = 0...Self.longestWaitSeconds
        for key in [waitKey, extensionKey] where root.has(key) && !hasSuppressor {
            faults.fault(key, "is allowed only with ActionsSuppressor")
        }
        guard hasSuppressor else { return nil }
        let text = faults.text(root, "ActionsSuppressor", length: 1...Self.longestReference)
        let wait = faults.integer(root, waitKey, isRequired: true, seconds)
        let extensionSeconds = faults.integer(root, extensionKey, isRequired: true, seconds)
        guard let text, let wait, let extensionSeconds else { return nil }
        return AlarmComposite.Suppressor(text: text, waitSeconds: wait, extensionSeconds: extensionSeconds)
    }
}
