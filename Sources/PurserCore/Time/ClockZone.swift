// Only for the rules of time zones, which are data of Foundation's own: nothing is read from the disk or the environment.
import Foundation

/// A time zone, in whose clock and calendar hours, days and weeks begin.
package struct ClockZone: Sendable, Hashable {
    private enum Offset: Hashable {
        case fixed(seconds: Int)
        case named(TimeZone)
    }

    package static let utc = ClockZone(offset: .fixed(seconds: 0))
    /// The forms that ``init(_:)`` reads, for error messages.
    package static let allowed =
        "a name such as Europe/London, or a distance from UTC in steps of 5 minutes such as +05:30 or UTC-09:30"

    private static let hourSeconds = 3600
    private static let daySeconds = 86_400
    private static let weekSeconds = 7 * daySeconds
    /// 1970-01-01 was a Thursday, and weeks begin on Monday.
    private static let firstMonday = 4 * daySeconds
    /// The step in which zones differ from UTC.
    private static let stepSeconds = 300
    private static let largestOffset = 18 * hourSeconds

    private static let namesOfUTC: Set = ["Etc/UTC", "Etc/GMT", "Etc/Universal", "Etc/Zulu"]

    private let offset: Offset

    private init(offset: Offset) {
        self.offset = offset
    }

    /// Reads a zone's IANA name (which is longer than the abbreviations that Foundation also knows), `Z`, `UTC`, `GMT`, or a distance from UTC; nil for anything else.
    package init?(_ text: String) {
        let isPrefixed = text.hasPrefix("UTC") || text.hasPrefix("GMT")
        let rest = isPrefixed ? text.dropFirst(3) : text[...]
        if text == "Z" || Self.namesOfUTC.contains(text) || isPrefixed && rest.isEmpty {
            self = .utc
        } else if let seconds = Self.seconds(rest) {
            self.init(offset: .fixed(seconds: seconds))
        } else if !isPrefixed, text.utf8.count > 3, let zone = TimeZone(identifier: text) {
            self.init(offset: .named(zone))
        } else {
            return nil
        }
    }

    /// Reads `+05:30`; nil if the text has another form or is not a multiple of five minutes.
    private static func seconds(_ text: Substring) -> Int? {
        let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard let sign = text.first, "+-".contains(sign), parts.count == 2,
            parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let hours = Int(parts[0]), let minutes = Int(parts[1]), minutes < 60
        else { return nil }
        let seconds = hours * hourSeconds + minutes * 60
        guard seconds <= largestOffset, seconds % stepSeconds == 0 else { return nil }
        return sign == "-" ? -seconds : seconds
    }

    /// The zone's name, as ``init(_:)`` reads it: `UTC`, `UTC+05:30`, `Europe/London`.
    package var name: String {
        switch offset {
        case .fixed(0): "UTC"
        case .fixed(let seconds): "UTC" + Self.distance(seconds)
        case .named(let zone): zone.identifier
        }
    }

    private static func distance(_ seconds: Int) -> String {
        let minutes = abs(seconds) / 60
        let parts = [minutes / 60, minutes % 60].map { String($0).leftPadded(to: 2) }
        return (seconds < 0 ? "-" : "+") + parts.joined(separator: ":")
    }

    /// Returns the distance from UTC, in seconds.
    private func offsetSeconds(at time: Timestamp) -> Int {
        switch offset {
        case .fixed(let seconds): seconds
        case .named(let zone): zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time.seconds)))
        }
    }

    /// Returns the beginning of the minute, five minutes, hour, day or week that contains a moment.
    ///
    /// If the clocks change, a day or a week is longer or shorter than others. An hour that the clocks repeat is two
    /// periods.
    package func start(ofPeriod seconds: Int, at time: Timestamp) -> Timestamp {
        if seconds <= Self.stepSeconds { return time.floored(toSeconds: seconds) }
        let offset = offsetSeconds(at: time)
        let local = Self.start(ofPeriod: seconds, local: time + offset)
        var start = local - offset
        // The clocks have changed since the period began, or they skipped its beginning.
        let offsetThen = offsetSeconds(at: start)
        if offsetThen != offset { start = local - offsetThen }
        // The clocks were set back over midnight, so the day began before.
        let before = start - 1
        if seconds >= Self.daySeconds,
            Self.start(ofPeriod: seconds, local: before + offsetSeconds(at: before)) == local
        {
            return self.start(ofPeriod: seconds, at: before)
        }
        return start
    }

    private static func start(ofPeriod seconds: Int, local: Timestamp) -> Timestamp {
        let shift = seconds == weekSeconds ? firstMonday : 0
        return (local - shift).floored(toSeconds: seconds) + shift
    }

    /// Returns what the zone's clocks show at a moment, as if it were a moment in UTC.
    package func local(_ time: Timestamp) -> Timestamp {
        time + offsetSeconds(at: time)
    }

    /// Returns the moment at which the zone's clocks show a time, given as by ``local(_:)``: of two, the later one.
    package func moment(local: Timestamp) -> Timestamp {
        let guess = local - offsetSeconds(at: local)
        return local - offsetSeconds(at: guess)
    }

    /// Returns the seconds of the steps of UTC's clock that are each in one hour and one day of the zone, over a time.
    package func stepSeconds(_ period: Range<Timestamp>) -> Int {
        let offsets = [period.lowerBound, period.upperBound].map(offsetSeconds)
        return [3600, 1800, 900].first { step in offsets.allSatisfy { $0 % step == 0 } } ?? Self.stepSeconds
    }

    /// Returns the beginning of a month in the zone's calendar.
    package func start(of month: CalendarMonth) -> Timestamp {
        // Noon of the first day is in that day in every zone.
        start(ofPeriod: Self.daySeconds, at: month.start + Self.daySeconds / 2 - offsetSeconds(at: month.start))
    }

    /// Returns the month in the zone's calendar that contains a moment.
    package func month(containing time: Timestamp) -> CalendarMonth {
        CalendarMonth(containing: local(time))
    }

    /// Returns the name of the day or hour that contains a moment: `2026-11-24`, `2026-11-24T10:00+01:00`.
    package func name(ofPeriod seconds: Int, at time: Timestamp) -> String {
        let start = start(ofPeriod: seconds, at: time)
        let offset = offsetSeconds(at: start)
        let local = start + offset
        if seconds >= Self.daySeconds { return local.date }
        return local.date + "T" + local.hourAndMinute + (offset == 0 ? "Z" : Self.distance(offset))
    }

    /// Returns the boundaries of the periods between two boundaries, oldest first.
    package func bounds(ofPeriod seconds: Int, from first: Timestamp, to end: Timestamp) -> [Timestamp] {
        var bounds = [end]
        while let last = bounds.last, last > first {
            bounds.append(start(ofPeriod: seconds, at: last - 1))
        }
        return bounds.reversed()
    }

    /// Returns the boundaries of the newest `count` periods that end at `end` or before it, oldest first.
    package func bounds(ofPeriod seconds: Int, count: Int, endingBy end: Timestamp) -> [Timestamp] {
        var bounds = [start(ofPeriod: seconds, at: end)]
        while bounds.count <= count, let last = bounds.last {
            bounds.append(start(ofPeriod: seconds, at: last - 1))
        }
        return bounds.reversed()
    }
}
