package import PurserCore

/// Marks for people.
package enum MarkText {
    package static func list(_ marks: [TimeMark]) -> TextTable {
        TextTable(
            [.init("TIME"), .init("NAMESPACE"), .init("TEXT", leastWidth: 8)],
            rows: marks.map { [$0.time.iso8601(), $0.namespace ?? "all", $0.text] }
        )
    }

    package static func added(_ mark: TimeMark) -> String {
        "marked \(mark.time.iso8601()): \(mark.text)"
    }
}
