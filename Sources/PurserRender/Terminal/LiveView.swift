package import PurserCore

/// What a live view shows, and what the keys change in it.
package struct LiveView: Sendable, Equatable {
    /// What has to be done after a key, in the order of how much that is.
    package enum Step: Sendable, Comparable {
        case nothing
        /// Paint the same data again.
        case repaint
        /// Read the store.
        case read
        /// Read the files of alarms and dashboards and the store.
        case reload
        case end
    }

    /// The earliest time that can be shown.
    private static let earliest = Timestamp(seconds: 0)

    /// The end of the window; nil if it follows the clock.
    package private(set) var asOf: Timestamp?
    /// The window's length in seconds; nil if the dashboard decides it.
    package private(set) var seconds: Int?
    package private(set) var isPaused = false
    package private(set) var showsOnlyAlarms: Bool
    private(set) var showsHelp = false
    /// How many lines of the frame are above the screen.
    private(set) var firstLine = 0

    package init(asOf: Timestamp? = nil, seconds: Int?, showsOnlyAlarms: Bool = false) {
        self.asOf = asOf
        self.seconds = seconds
        self.showsOnlyAlarms = showsOnlyAlarms
    }

    /// Changes the view as a key asks.
    ///
    /// - Parameters:
    ///   - now: The time of the clock.
    ///   - shownSeconds: The length of the window on the screen.
    package mutating func press(_ character: Character, now: Timestamp, shownSeconds: Int) -> Step {
        guard let key = LiveKey(character) else { return .nothing }
        // What a key does can be seen only without the help.
        let hidesHelp = showsHelp
        if key != .quit { showsHelp = false }
        switch key {
        case .quit: return .end
        case .help:
            showsHelp = !hidesHelp
            return .repaint
        case .pause:
            isPaused.toggle()
            return isPaused ? .repaint : .read
        case .refresh: return .reload
        case .back:
            // From here on the window has this length, also if the dashboard has fixed times.
            seconds = shownSeconds
            asOf = max((asOf ?? now) - shownSeconds, Self.earliest + shownSeconds)
        case .forward: asOf = asOf.map { $0 + shownSeconds }.flatMap { $0 < now ? $0 : nil }
        case .window: seconds = character.wholeNumberValue.map { LiveKey.windows[$0 - 1] }
        case .now: asOf = nil
        case .alarms:
            showsOnlyAlarms.toggle()
            return .repaint
        case .scroll:
            firstLine = LiveKey.lines(character).map { max(0, firstLine + $0) } ?? 0
            return .repaint
        }
        return .read
    }

    /// Scrolls no further than to the frame's end.
    ///
    /// - Parameter hidden: How many lines there is no room for.
    package mutating func limitScrolling(hidden: Int) {
        firstLine = min(firstLine, hidden)
    }
}
