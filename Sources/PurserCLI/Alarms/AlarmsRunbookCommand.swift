import ArgumentParser
import Purser
import PurserCore
import PurserRender

extension AlarmsCommand {
    struct Runbook: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the runbook of an alarm or of the budget.",
            discussion: """
                The runbook is named in the alarm's description. A path is looked for below the current folder, next to \
                the alarm folder, in it, and among the shipped files; a URL is printed as it is.
                """
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        @Argument(help: "The name of the alarm or of the budget.", completion: NameCompletion.runbooks)
        var name: String

        func run() throws {
            try reporting {
                let session = Session(global)
                let rules = try session.rules()
                let isBudget = name == rules.budget?.name && !rules.alarms.contains { $0.name == name }
                let named = isBudget ? BudgetDefinition.runbook : try session.alarm(name, in: rules).runbook
                guard let named else {
                    throw CommandFailure("\(name) has no runbook; name one in its AlarmDescription: Runbook: PATH")
                }
                guard let runbook = try session.alarmFolder().runbook(named) else {
                    throw CommandFailure(
                        "\(named): the runbook of \(name) is neither below the current folder nor next to the alarm folder"
                    )
                }
                let text: String? = if case .text(let text) = runbook { text } else { nil }
                output.show(AlarmJSON.runbook(name, named, text: text)) { show(plain: text ?? named) }
            }
        }
    }
}
