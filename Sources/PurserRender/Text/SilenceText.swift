import PurserCore

/// Acknowledgements and mutes in words, with times as `text` writes them: in full, or short on a screen.
extension Acknowledgement {
    /// Returns `acknowledged 14:20 by ada until 16:20: on it`.
    func words(_ text: (Timestamp) -> String = SilenceText.second) -> String {
        SilenceText.words("acknowledged " + text(time), person, until.map(text), note)
    }
}

extension Mute {
    /// Returns `muted by ada until 16:20: maintenance`.
    func words(_ text: (Timestamp) -> String = SilenceText.second) -> String {
        SilenceText.words("muted", person, text(until), note)
    }
}

enum SilenceText {
    /// Returns a time to the second.
    static func second(_ time: Timestamp) -> String {
        time.floored(toSeconds: 1).iso8601()
    }

    fileprivate static func words(_ start: String, _ person: String?, _ until: String?, _ note: String?) -> String {
        start + (person.map { " by " + $0 } ?? "") + (until.map { " until " + $0 } ?? "")
            + (note.map { ": " + $0 } ?? "")
    }
}
