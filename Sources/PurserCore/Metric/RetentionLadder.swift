/// How long metrics are kept at each resolution; after the last rung, they are removed.
package struct RetentionLadder: Sendable, Equatable {
    package struct Rung: Sendable, Equatable {
        /// The length of a slot in seconds, one of ``DistributionBlock/steps``.
        package var step: Int
        /// How many hours slots of this step are kept, counted back from the newest data.
        package var hours: Int
    }

    /// One for each of ``DistributionBlock/steps``, in that order, each kept at least as long as the one before.
    package let rungs: [Rung]

    /// 10 s for 3 hours, 1 min for 92 days, 5 min for 455 days, 1 h for 5 years: CloudWatch's steps, but kept longer
    /// (CloudWatch keeps them for 3 hours, 15, 63 and 455 days).
    package static let standard = RetentionLadder(rungs: [
        Rung(step: 10, hours: 3), Rung(step: 60, hours: 92 * 24), Rung(step: 300, hours: 455 * 24),
        Rung(step: 3600, hours: 5 * 365 * 24),
    ])

    /// The longest time that anything may be kept: a hundred years.
    package static let mostHours = 100 * 365 * 24

    private init(rungs: [Rung]) {
        self.rungs = rungs
    }

    /// Creates a ladder with other durations, in hours by step; steps that are not given keep their durations.
    ///
    /// Throws ``Diagnostics`` that say which duration is wrong and what is allowed.
    package init(changing ladder: RetentionLadder, _ hours: [Int: Int]) throws {
        var problems: [Diagnostic] = []
        func report(_ step: Int, _ message: String) {
            problems.append(Diagnostic(file: "retention", key: Self.name(ofStep: step), message))
        }
        for step in hours.keys.sorted() where !DistributionBlock.steps.contains(step) {
            report(step, "no slots of this length are kept; the lengths are \(Self.stepNames)")
        }
        rungs = ladder.rungs.map { Rung(step: $0.step, hours: hours[$0.step] ?? $0.hours) }
        for (position, rung) in rungs.enumerated() {
            let least = position == 0 ? 1 : max(1, rungs[position - 1].hours)
            guard rung.hours < least || rung.hours > Self.mostHours else { continue }
            report(
                rung.step,
                "\(rung.hours) hours; must be at least \(least), as for the finer slots, and at most \(Self.mostHours)"
            )
        }
        if !problems.isEmpty { throw Diagnostics(problems) }
    }

    private static let stepNames = DistributionBlock.steps.map(name).joined(separator: ", ")

    /// `10s for 3h, 1m for 92d`, and so on.
    package var text: String {
        rungs.map { "\(Self.name(ofStep: $0.step)) for \(Self.duration($0.hours))" }.joined(separator: ", ")
    }

    /// Hours by the length of the slots.
    package var json: JSONValue {
        .object(rungs.map { .init(Self.name(ofStep: $0.step), .string(Self.duration($0.hours))) })
    }

    static func duration(_ hours: Int) -> String {
        hours % 24 == 0 ? "\(hours / 24)d" : "\(hours)h"
    }

    /// Returns the name of a step: `10s`, `1m`, `5m`, `1h`.
    package static func name(ofStep step: Int) -> String {
        step % 3600 == 0 ? "\(step / 3600)h" : step % 60 == 0 ? "\(step / 60)m" : "\(step)s"
    }
}
