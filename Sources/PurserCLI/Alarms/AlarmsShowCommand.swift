import ArgumentParser
import Purser
import PurserCore
import PurserRender
import PurserStore

extension AlarmsCommand {
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows one alarm: its definition, state, reason, last changes and messages."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        @Argument(help: "The alarm's name.", completion: NameCompletion.alarms)
        var name: String

        func run() throws {
            try reporting {
                let session = Session(global)
                let store = try session.store(.existing)
                let rules = try session.rules()
                let account = try store.account(of: try session.alarm(name, in: rules), at: .now)
                try output.show(AlarmJSON.show(account)) { show(plain: try AlarmText.show(account)) }
                try rules.requireReadable()
            }
        }
    }
}
