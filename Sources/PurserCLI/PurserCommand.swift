import ArgumentParser
import Purser
import PurserRender

/// The `purser` program.
@main
struct PurserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purser",
        abstract: "Watches a chat service on Amazon Bedrock and limits its bill.",
        discussion: """
            Metrics, ledger and alarms live in one SQLite file; alarm files are CloudWatch's own. `purser help` also has \
            the topics \(HelpTopic.allCases.map(\.rawValue).joined(separator: ", ")).
            """,
        version: purserVersion,
        subcommands: [
            DemoCommand.self, ReplayCommand.self, DashCommand.self, EvaluateCommand.self, CostCommand.self,
            BudgetCommand.self, KeysCommand.self, AlarmsCommand.self, MetricsCommand.self, RequestsCommand.self,
            DeadLettersCommand.self, PricesCommand.self, MarkCommand.self,
            DoctorCommand.self, BackupCommand.self, RestoreCommand.self,
            InitCommand.self, MigrateCommand.self, CompletionsCommand.self,
            HelpCommand.self,
        ]
    )

    @OptionGroup var global: GlobalOptions

    static func main() async {
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            try ArgumentCheck.check(arguments)
            var command = try parseAsRoot(GlobalOptions.behindTheCommand(arguments))
            if var waiting = command as? any AsyncParsableCommand {
                try await waiting.run()
            } else {
                try command.run()
            }
        } catch {
            exit(withError: error)
        }
    }
}
