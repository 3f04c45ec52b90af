import ChatService

extension Settings {
    /// The text that `purserd --help` prints, at most 100 columns wide.
    static let help: String = {
        var text = """
            purserd: a chat service in front of Amazon Bedrock that keeps to its budget.

            USAGE: purserd [--config FILE] [--NAME VALUE | --NAME=VALUE]...
                   purserd --check [...]    checks the settings without starting anything
                   purserd --version
                   purserd --help
                   purserd --man            writes the manual page: purserd --man | man -l -

            Each setting is read from the flags, then from the environment, then from the file. An empty value
            means the default. A value `ssm:/path` is read from AWS Systems Manager's Parameter Store. AWS
            credentials come from where other AWS programs find them, never from a setting here.

            """
        for group in Setting.Group.allCases {
            text += "\n\(group.rawValue)\n"
            for setting in all where setting.group == group {
                let standard = setting.standard.map { " [\($0)]" } ?? ""
                text += "  \(setting.flag), \(setting.name)\(standard)\n"
                text += "      \(setting.summary)\n      \(capitalized(setting.allowed)).\n"
                if let advice = setting.advice { text += "      \(capitalized(advice)).\n" }
                if setting.kind == .secret {
                    text += "      A secret: only in the environment, or as ssm:/path.\n"
                }
            }
        }
        return text
    }()

    static func capitalized(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst()
    }
}
