import ArgumentParser
import Foundation
import Purser
import PurserCore

/// A time on the command line: ISO 8601 from 1970 to 2199, or before now, such as `-3h`.
struct TimeArgument: ExpressibleByArgument {
    private enum Form {
        case absolute(Timestamp)
        case ago(Int)
    }

    private let form: Form

    init?(argument: String) {
        if argument == "now" {
            form = .ago(0)
        } else if argument.hasPrefix("-"),
            let seconds = DurationArgument(argument: String(argument.dropFirst()))?.seconds
        {
            form = .ago(seconds)
        } else if let time = Timestamp(iso8601: argument), (1970..<2200).contains(time.fields.year) {
            form = .absolute(time)
        } else {
            return nil
        }
    }

    func time(now: Timestamp) -> Timestamp {
        switch form {
        case .absolute(let time): time
        case .ago(let seconds): now - seconds
        }
    }
}

/// The option `--at` of commands that show or do something as of a time.
struct AsOfOption: ParsableArguments {
    @Option(
        name: .long,
        parsing: .unconditional,
        help: "As of this time instead of now: 2026-11-24T10:59:00Z or -3h."
    )
    var at: TimeArgument?

    var time: Timestamp {
        at?.time(now: .now) ?? .now
    }
}

/// A length of time on the command line: `90s`, `30m`, `3h`, `7d`, `2w`.
struct DurationArgument: ExpressibleByArgument {
    let seconds: Int

    /// Fifty years.
    private static let longestSeconds = 50 * 366 * 86_400

    init(seconds: Int) {
        self.seconds = seconds
    }

    init?(argument: String) {
        let factors: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        guard let last = argument.last, let factor = factors[last], let value = Int(argument.dropLast()),
            (1...Self.longestSeconds / factor).contains(value), argument.first != "+"
        else { return nil }
        seconds = value * factor
    }

    var defaultValueDescription: String {
        seconds % 3600 == 0 ? "\(seconds / 3600)h" : "\(seconds)s"
    }
}
