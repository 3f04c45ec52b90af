/// The keys of `purser dash --watch`: the one table that the program, its help bar, `purser help keys` and the manual use.
package enum LiveKey: Sendable, CaseIterable {
    case quit
    case help
    case pause
    case refresh
    case back
    case forward
    case window
    case now
    case alarms
    case scroll

    /// The windows that `1` to `6` show, in seconds.
    static let windows = [900, 3600, 3 * 3600, 12 * 3600, 24 * 3600, 7 * 86_400]

    /// Returns the key that types a character; nil if it has no meaning.
    init?(_ character: Character) {
        guard let key = Self.allCases.first(where: { $0.characters.contains(character) }) else { return nil }
        self = key
    }

    var characters: String {
        switch self {
        case .quit: "q"
        case .help: "?"
        case .pause: " "
        case .refresh: "r"
        case .back: "["
        case .forward: "]"
        case .window: "123456"
        case .now: "t"
        case .alarms: "a"
        case .scroll: "jk↓↑⇟⇞↖"
        }
    }

    /// By how many lines a character of ``scroll`` moves a frame up; nil moves it back to its beginning.
    static func lines(_ character: Character) -> Int? {
        switch character {
        case "j", "↓": 1
        case "k", "↑": -1
        case "⇟": 10
        case "⇞": -10
        default: nil
        }
    }

    /// The key as documents name it.
    var name: String {
        switch self {
        case .pause: "space"
        case .window: "1 to 6"
        case .scroll: "j k"
        default: characters
        }
    }

    /// What it does, in a word for the help bar.
    var word: String {
        switch self {
        case .quit: "quit"
        case .help: "help"
        case .pause: "pause"
        case .refresh: "refresh"
        case .back: "back"
        case .forward: "forward"
        case .window: "window"
        case .now: "now"
        case .alarms: "alarms"
        case .scroll: "scroll"
        }
    }

    var meaning: String {
        switch self {
        case .quit: "end; the last frame stays on the screen"
        case .help: "show these keys, or hide them"
        case .pause: "stop reading the store, or go on"
        case .refresh: "read the store and the alarm files again now"
        case .back: "go back in time by one window"
        case .forward: "go forward by one window; from the newest window on, the frame follows the clock again"
        case .window: "show " + Self.windows.map(NumberText.span).joined(separator: ", ")
        case .now: "return to now"
        case .scroll:
            "scroll a frame that is longer than the screen down and up; the arrows, Page Down, Page Up and Home do so too"
        case .alarms: "show only the status, the alarms and the signals, or everything; of a dashboard, only its alarms"
        }
    }
}
