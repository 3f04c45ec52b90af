/// A scripted test case for alarm files: recorded series, and the expected results of alarms.
package struct AlarmTest: Sendable, Equatable {
    /// The samples of one series, one slot per step from the test's start on.
    package struct Recording: Sendable, Equatable {
        var place: AlarmTestPlace
        var series: Series
        /// Nil is a gap.
        var slots: [Distribution?]
    }

    /// A state at a number of seconds after the start.
    package struct Moment: Sendable, Equatable {
        package var after: Int
        package var state: AlarmState
    }

    /// An expectation about one alarm.
    package struct Expectation: Sendable, Equatable {
        package enum Kind: Sendable, Equatable {
            /// At that moment, the alarm is in that state, and its reason begins with the given text.
            case state(Moment, reason: String?)
            /// The state's actions are taken at that moment.
            case tells(Moment)
            /// These are all changes after the first evaluation.
            case changes([Moment])
            /// These are all moments after the first evaluation at which actions are taken.
            case told([Moment])
        }

        var place: AlarmTestPlace
        package var alarm: String
        package var kind: Kind
    }

    package var file: String
    package var line: Int
    package var name: String
    package var start = Timestamp(year: 2026, month: 1, day: 1)
    /// The seconds from one slot to the next.
    package var step = 60
    var until: Int?
    package var recordings: [Recording] = []
    package var expectations: [Expectation] = []

    init(file: String, line: Int, name: String) {
        self.file = file
        self.line = line
        self.name = name
    }

    /// The longest test.
    static let longestSeconds = 31 * 86_400

    /// The seconds from the start to the last evaluation: a minute after the last slot's end, when every alarm has seen
    /// it, or later if an expectation or `until` requires it.
    var endSeconds: Int {
        let slots = recordings.map(\.slots.count).max() ?? 0
        let named = expectations.flatMap(\.moments).map(\.after).max() ?? 0
        return max(slots * step + 60, named, until ?? 0)
    }
}

/// The position of a word in a test file; both numbers count from 1.
struct AlarmTestPlace: Sendable, Equatable {
    var line: Int
    var column: Int
}

extension AlarmTest.Expectation {
    package var line: Int { place.line }

    var moments: [AlarmTest.Moment] {
        switch kind {
        case .state(let moment, _), .tells(let moment): [moment]
        case .changes(let moments), .told(let moments): moments
        }
    }

    /// The expectation in the notation of test files.
    package var text: String {
        switch kind {
        case .state(let moment, let reason):
            "\(AlarmTestTime.text(moment.after)) \(alarm) \(moment.state.rawValue)"
                + (reason.map { " \"\($0)\"" } ?? "")
        case .tells(let moment): "tells \(AlarmTestTime.text(moment.after)) \(alarm) \(moment.state.rawValue)"
        case .changes(let moments): "changes \(alarm) \(AlarmTestTime.text(moments))"
        case .told(let moments): "told \(alarm) \(AlarmTestTime.text(moments))"
        }
    }
}

/// Times of a test file, counted from the test's start: `+8m`, `+1h30m`, `+20s`.
enum AlarmTestTime {
    private static let units: [(letter: Character, seconds: Int)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]

    /// Returns the seconds of a text such as `1h30m`; nil if the text is anything else.
    static func seconds(_ text: some StringProtocol) -> Int? {
        var total = 0
        var digits = ""
        var last = Int.max
        for character in text {
            if ("0"..."9").contains(character) {
                digits.append(character)
                continue
            }
            guard let unit = units.first(where: { $0.letter == character }), unit.seconds < last,
                digits.count < 9, let number = Int(digits)
            else { return nil }
            last = unit.seconds
            total += number * unit.seconds
            digits = ""
        }
        return digits.isEmpty && !text.isEmpty ? total : nil
    }

    static func text(_ seconds: Int) -> String {
        var rest = seconds
        var text = "+"
        for unit in units where rest >= unit.seconds {
            text += String(rest / unit.seconds) + String(unit.letter)
            rest %= unit.seconds
        }
        return text == "+" ? "+0m" : text
    }

    static func text(_ moments: [AlarmTest.Moment]) -> String {
        moments.isEmpty ? "none" : moments.map { text($0.after) + " " + $0.state.rawValue }.joined(separator: ", ")
    }
}
