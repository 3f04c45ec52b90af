import ChatService
import PurserRender

extension Settings {
    /// The manual page that `purserd --man` writes.
    static let manual = ManualPage(
        name: "purserd",
        number: 8,
        summary: "chat service in front of Amazon Bedrock that keeps to its budget",
        synopsis: [
            "[--config FILE] [--NAME VALUE | --NAME=VALUE]...", "--check [...]", "--version", "--help", "--man",
        ],
        sections: [
            .init("DESCRIPTION", [.paragraph(rules)]),
            .init("OPTIONS", [.list(options)] + settings),
            .init("FILES", ManualPage.Block.table(.files)),
            .init("EXIT STATUS", [.list(exitCodes)]),
            .init("EXAMPLES", examples),
        ]
    )

    private static let rules = [
        "Each setting is read from the flags, then from the environment, then from the file.",
        "An empty value means the default.",
        "A value `ssm:/path` is read from AWS Systems Manager's Parameter Store.",
        "AWS credentials come from where other AWS programs find them, never from a setting here.",
        "On SIGHUP, and when it changes, the price file is read again; SIGTERM and SIGINT end the program after the calls in flight.",
    ]

    private static let options = [
        ManualPage.Item("--check", ["Checks the settings without starting anything."]),
        ManualPage.Item("--version", ["Prints the version."]),
        ManualPage.Item("--help", ["Prints the settings."]),
        ManualPage.Item("--man", ["Writes this page, in the macros of mdoc."]),
    ]

    private static let settings = Setting.Group.allCases.flatMap { group -> [ManualPage.Block] in
        let items = all.filter { $0.group == group }.map { setting in
            var sentences = [setting.summary, capitalized(setting.allowed) + "."]
            if let standard = setting.standard { sentences.append("The default is \(standard).") }
            if let advice = setting.advice { sentences.append(capitalized(advice) + ".") }
            if setting.kind == .secret { sentences.append("A secret: only in the environment, or as ssm:/path.") }
            return ManualPage.Item("\(setting.flag), \(setting.name)", sentences)
        }
        return [.heading(group.rawValue), .list(items)]
    }

    private static let exitCodes = [
        ManualPage.Item("0", ["The program was asked to end, or the settings are valid."]),
        ManualPage.Item("1", ["It could not start, or it failed."]),
        ManualPage.Item("64", ["A flag or a setting is wrong; every fault is on standard error."]),
    ]

    private static let examples: [ManualPage.Block] = [
        .paragraph(["Serve with the built-in fake model, without AWS and without sign-in:"]),
        .example("PURSERD_AUTH=none PURSERD_MODEL=embedded purserd"),
        .paragraph(["Check the settings of a file:"]),
        .example("purserd --config /etc/purser/purserd.env --check"),
    ]
}
