import ArgumentParser
import PurserCore

/// A length of time on the command line, in one of the forms of ``ClockDuration``.
enum DurationArgument {
    /// Reads an option's value; throws an error that names the forms.
    @Sendable static func read(_ text: String) throws -> ClockDuration {
        guard let duration = ClockDuration(text) else { throw ValidationError("must be \(ClockDuration.allowed)") }
        return duration
    }
}
