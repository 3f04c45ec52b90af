import ArgumentParser
import PurserCore

/// The options of a live view.
struct LiveOptions: ParsableArguments {
    @Flag(name: .long, help: "Repaint until `q` is pressed; `purser help keys` has all keys.")
    var watch = false

    @Option(
        name: .long,
        help: .init("With --watch, the time between two frames; default: 5s.", valueName: "duration"),
        transform: DurationArgument.read
    )
    var every: ClockDuration?

    func validate() throws {
        if every != nil, !watch { throw ValidationError("--every needs --watch") }
        if let every, every.seconds > 3600 { throw ValidationError("--every must be 1s to 1h") }
    }
}
