import PurserRender

/// The manual of `purser`, made of what its commands say about themselves and of the tables of ``HelpTopic``.
enum PurserManual {
    /// Commands that show what the program is for; docs/cli.md has them too.
    static let examples: [(what: String, command: String)] = [
        ("Simulate a day with an incident:", "purser demo --seed 7 --at 2026-11-24T12:00:00Z"),
        ("See what is broken, and since when:", "purser dash --at 2026-11-24T12:00:00Z"),
        ("Check the alarms, as cron does every minute:", "purser evaluate --at 2026-11-24T12:06:00Z --quiet"),
        ("See what a month cost, by user and model:", "purser cost --month 2026-11 --by user,model --format json"),
        ("Find the worst requests of a day:", "purser requests --worst --at 2026-11-24T12:00:00Z"),
        (
            "Acknowledge nothing, but send no messages for a while:",
            "purser alarms mute chat-errors --for 2h --by ada --note \"it is a drill\""
        ),
        ("Copy the store while it is in use:", "purser backup --force copy.db"),
    ]

    static func page() throws -> ManualPage {
        let program = try ToolCommand.program()
        return ManualPage(
            name: "purser",
            number: 1,
            summary: program.summary.first.map { $0.lowercased() + program.summary.dropFirst().dropLast() } ?? "",
            synopsis: ["[OPTIONS] COMMAND [SUBCOMMAND] [ARGUMENTS]", "help [TOPIC]", "--version"],
            sections: [
                .init("DESCRIPTION", [.paragraph([program.discussion])]),
                .init("OPTIONS", options(program)), .init("COMMANDS", commands(program)),
                .init("KEYS", ManualPage.Block.table(.keys)),
                .init("TIMES AND DURATIONS", ManualPage.Block.table(.times)),
                .init("ENVIRONMENT", ManualPage.Block.table(.environment)),
                .init("FILES", ManualPage.Block.table(.files)),
                .init("EXIT STATUS", ManualPage.Block.table(.exitCodes)),
                .init(
                    "EXAMPLES",
                    examples.flatMap { [.paragraph([$0.what]), .example($0.command)] }
                ),
            ]
        )
    }

    /// The options that every command has.
    private static func options(_ program: ToolCommand) -> [ManualPage.Block] {
        [
            .paragraph(["These options may precede or follow the command."]),
            .list(program.arguments.map { ManualPage.Item($0.form, $0.sentences) }),
        ]
    }

    private static func commands(_ program: ToolCommand) -> [ManualPage.Block] {
        let common = Set(program.arguments.compactMap(\.flag))
        return program.runnable.flatMap { command -> [ManualPage.Block] in
            let own = command.arguments.filter { $0.flag.map { !common.contains($0) } ?? true }
            let about = [command.summary, command.discussion].filter { !$0.isEmpty }
            return [.heading((["purser"] + command.words).joined(separator: " ")), .paragraph(about)]
                + (own.isEmpty ? [] : [.list(own.map { ManualPage.Item($0.form, $0.sentences) })])
        }
    }
}
