package import PurserCore

/// Simulated and recorded traffic as text.
package enum TrafficText {
    /// `program` is how to call the program for the store.
    package static func replay(
        _ tally: TrafficTally,
        from: Timestamp,
        to: Timestamp,
        isNew: Bool,
        program: String
    ) -> String {
        var lines = [
            "SIMULATED: recorded traffic answered by the embedded model; no model was called.",
            "\(tally.requests.counted("request")) from \(from) to \(to)"
                + (isNew ? "" : " (already stored; nothing changed)"),
            "\(tally.answered) answered, \(tally.failed) failed, \(tally.refusedTotal) refused, \(tally.retries) retries",
        ]
        for (code, count) in tally.refused.sorted(by: { $0.key < $1.key }) {
            lines.append("  refused \(code): \(count)")
        }
        if tally.refused.keys.contains(where: limitCodes.contains) {
            lines.append("  --no-limits replays them without limits of length, tokens, rate, quota and budget")
        }
        lines += [
            "\(tally.inputTokens) input and \(tally.outputTokens) output tokens, $\(tally.cost)",
            "next: \(program) dash --at \(to.floored(toSeconds: 60) + 120)   \(program) cost --month \(CalendarMonth(containing: from))",
        ]
        return lines.joined(separator: "\n")
    }

    /// The refusals that a replay without limits does not have.
    private static let limitCodes: Set = ["message_too_long", "throttled", "quota_exceeded", "budget_exceeded"]

    package static func demonstrationBegins(_ plan: Demonstration) -> String {
        "SIMULATED: \(plan.days.counted("day")) of made-up traffic, answered by the embedded model; no call was made."
    }

    package static func demonstration(_ plan: Demonstration, _ tally: TrafficTally) -> String {
        "\(tally.requests.counted("request")): \(tally.answered) answered, \(tally.failed) failed, \(tally.refusedTotal) refused;"
            + " an incident from \(plan.incident.lowerBound) to \(plan.incident.upperBound)\n"
    }

    package static func demonstrationEnds(_ plan: Demonstration, store: String) -> String {
        "\nThe simulated store: \(store)\nnext: purser --store \(ShellWord.quoted(store)) dash --at \(plan.incident.upperBound)"
            + "   # the incident"
    }
}
