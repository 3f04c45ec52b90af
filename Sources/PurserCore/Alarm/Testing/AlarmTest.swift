/// A scripted case beside alarm files: recorded series, and what alarms are expected to make of them.
public struct AlarmTest: Sendable, Equatable {
    /// The samples of one series, one slot a step from the test's start on.
    public struct Recording: Sendable, Equatable {
        var place: AlarmTestPlace
        var series: Series
        /// Nil is a gap.
        var slots: [Distribution?]
    }

    /// A state at a number of seconds after the start.
    public struct Moment: Sendable, Equatable {
        public var after: Int
        public var state: AlarmState
    }

    /// What is expected of one alarm.
    public struct Expectation: Sendable, Equatable {
        public enum Kind: Sendable, Equatable {
            /// The alarm is in a state, and its reason begins with a text.
            case state(Moment, reason: String?)
            /// The state's actions are taken at that moment.
            case tells(Moment)
            /// These are all changes after the first evaluation.
            case changes([Moment])
            /// These are all moments after the first evaluation at which actions are taken.
            case told([Moment])
        }

        var place: AlarmTestPlace
        public var alarm: String
        public var kind: Kind
    }

    public var file: String
    public var line: Int
    public var name: String
    public var start = Timestamp(year: 2026, month: 1, day: 1)
    /// The seconds from one slot to the next.
    public var step = 60
    var until: Int?
    public var recordings: [Recording] = []
    public var expectations: [Expectation] = []

    init(file: String, line: Int, name: String) {
        self.file = file
        self.line = line
        self.name = name
    }

    /// The longest test.
    static let longestSeconds = 31 * 86_400

    /// How many seconds after the start the last evaluation takes place: a minute after the last slot's end, when
    /// every alarm has seen it, or later where an expectation or `until` says so.
    var endSeconds: Int {
        let slots = recordings.map(\.slots.count).max() ?? 0
        let named = expectations.flatMap(\.moments).map(\.after).max() ?? 0
        return max(slots * step + 60, named, until ?? 0)
    }
}

/// Where a word of a test file stands; both count from 1.
struct AlarmTestPlace: Sendable, Equatable {
    var line: Int
    var column: Int
}

extension AlarmTest.Expectation {
    public var line: Int { place.line }

    var moments: [AlarmTest.Moment] {
        switch kind {
        case .state(let moment, _), .tells(let moment): [moment]
        case .changes(let moments), .told(let moments): moments
        }
    }

    /// The expectation in the notation's words.
    public var text: String {
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

    /// The seconds of `1h30m`; nil where the text is anything else.
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
