import ArgumentParser
import Foundation
import Purser
import PurserCore

/// A time on the command line, in one of the forms of ``TimeExpression``.
struct TimeArgument {
    private let expression: TimeExpression

    /// Reads an option's value; throws an error that names the forms.
    @Sendable static func read(_ text: String) throws -> TimeArgument {
        guard let expression = TimeExpression(text) else {
            throw ValidationError("must be \(TimeExpression.allowed) (`purser help times`)")
        }
        return TimeArgument(expression: expression)
    }

    func time(now: Timestamp) -> Timestamp {
        expression.time(now: now)
    }
}

/// The option `--at` of commands that show or do something as of a time.
struct AsOfOption: ParsableArguments {
    @Option(
        name: .long,
        parsing: .unconditional,
        help: .init("As of this time instead of now: 2026-11-24T10:52Z, 10:52 or -3h.", valueName: "time"),
        transform: TimeArgument.read
    )
    var at: TimeArgument?

    var time: Timestamp {
        at?.time(now: .now) ?? .now
    }
}
