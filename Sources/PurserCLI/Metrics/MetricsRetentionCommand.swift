import ArgumentParser
import PurserCore
import PurserRender
import PurserStore

extension MetricsCommand {
    struct Retention: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows how long metrics are kept at which resolution, or sets it.",
            discussion: """
                The store remembers it, so that all programs that use it agree. A shorter time takes effect with the next \
                roll-up; what was removed does not come back with a longer one.
                """
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        @Option(
            name: .long,
            help: "STEP=DURATION, such as 1m=92d or 1h=5y: how long slots of a length are kept. May be repeated."
        )
        var keep: [String] = []

        func run() throws {
            try reporting {
                let store = try Session(global).store(.existing)
                if !keep.isEmpty {
                    // Two commands at the same time each change only what they name.
                    try store.transaction {
                        try store.setRetention(try RetentionLadder(changing: try store.retention(), texts: keep))
                    }
                }
                let ladder = try store.retention()
                output.show(MetricJSON.retention(ladder)) { show(ladder.text) }
            }
        }
    }
}
