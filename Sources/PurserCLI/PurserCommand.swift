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
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            try ArgumentCheck.check(arguments)
            var command = try parseAsRoot(GlobalOptions.behindTheCommand(arguments))
            if var waiting = command as? any AsyncParsableCommand {
                try await waiting.run()
            } else {
                try command.run()
            }
        } catch {
            if !(error is ExitCode), exitCode(for: error) != .success, EvaluateCommand.isPlugin(arguments) {
                show(plain: PluginText.failed(message(for: error)))
                say(fullMessage(for: error))
                exit(withError: Exit.failed)
            }
            exit(withError: error)
        }
    }
}
