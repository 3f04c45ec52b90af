import ArgumentParser
import PurserCore
import PurserRender
import PurserStore

extension MetricsCommand {
    struct RetentionCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retention",
            abstract: "Shows or sets how long metrics, sent messages, alarm history and calls are kept.",
            discussion: """
                The store keeps these times, so all programs that use it agree. A shorter time takes effect at the \
                next roll-up; a longer one does not bring back what was removed. Messages that were not sent are kept \
                until they are sent or dropped, and the last change of every alarm is always kept. What the calls of a day add up \
                to is never removed.
                """
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        @Option(
            name: .long,
            help:
                "NAME=DURATION, such as 1m=92d or messages=90d: how long slots of a length (10s, 1m, 5m, 1h), messages, history or the ledger's calls (ledger) are kept. May be repeated."
        )
        var keep: [String] = []

        func run() throws {
            try reporting {
                let store = try Session(global).store(.existing)
                if !keep.isEmpty {
                    // Each of two concurrent commands changes only what it names.
                    try store.transaction {
                        let former = try store.retention()
                        try store.setRetention(try asUsage { try Retention(changing: former, texts: keep) })
                    }
                }
                let retention = try store.retention()
                output.show(MetricJSON.retention(retention)) { show(retention.text) }
            }
        }
    }
}
