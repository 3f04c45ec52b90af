import PurserCore

/// Acknowledgements and mutes in words, with times as `text` writes them: in full, or short on a screen.
extension Acknowledgement {
    /// Returns `acknowledged 14:20 by ada until 16:20: on it`.
    func words(_ text: (Timestamp) -> String = SilenceText.second) -> String {
        "acknowledged " + details(text)
    }

    /// Returns `14:20 by ada until 16:20: on it`.
    func details(_ text: (Timestamp) -> String = SilenceText.second) -> String {
        SilenceText.words(text(time), person, until.map(text), note)
    }
}

extension Mute {
    /// Returns `muted by ada until 16:20: maintenance`.
    func words(_ text: (Timestamp) -> String = SilenceText.second) -> String {
        "muted " + details(text)
    }

    /// Returns `by ada until 16:20: maintenance`.
    func details(_ text: (Timestamp) -> String = SilenceText.second) -> String {
        SilenceText.words("", person, text(until), note)
    }
}

enum SilenceText {
    /// Returns a time to the second.
    static func second(_ time: Timestamp) -> String {
        time.floored(toSeconds: 1).iso8601()
    }

    fileprivate static func words(_ start: String, _ person: String?, _ until: String?, _ note: String?) -> String {
        [start, person.map { "by " + $0 } ?? "", until.map { "until " + $0 } ?? ""].filter { !$0.isEmpty }
            .joined(separator: " ") + (note.map { ": " + $0 } ?? "")
    }
}
