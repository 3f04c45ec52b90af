package import PurserCore

/// Simulated and recorded traffic for programs.
package enum TrafficJSON {
    /// Schema `purser.replay/1`; `isNew` is false if the replay had been stored before.
    package static func replay(
        _ tally: TrafficTally,
        file: String,
        from: Timestamp,
        to: Timestamp,
        isNew: Bool
    ) -> JSONValue {
        let setting: [JSONValue.Member] = [
            .init("file", .string(file)),
            .init("simulated", true),
            .init("from", .string(from.iso8601())),
            .init("to", .string(to.iso8601())),
            .init("alreadyStored", .bool(!isNew)),
        ]
        return JSONValue(schema: "purser.replay/1", setting + tally.json)
    }

    /// Returns what `purser demo` made, and the reports about it: schema `purser.demo/1`.
    package static func demonstration(
        _ plan: Demonstration,
        store: String,
        _ tally: TrafficTally,
        _ evaluation: EvaluationReport?,
        _ frame: DashFrame,
        _ report: CostReport
    ) -> JSONValue {
        let setting: [JSONValue.Member] = [
            .init("simulated", true),
            .init("store", .string(store)),
            // As text, because a seed has 64 bits and many JSON parsers keep only 53 bits of a number.
            .init("seed", .string(String(plan.seed))),
            .init("days", .integer(plan.days)),
            .init("from", .string(plan.start.iso8601())),
            .init("to", .string(plan.end.iso8601())),
            .init("incidentFrom", .string(plan.incident.lowerBound.iso8601())),
            .init("incidentTo", .string(plan.incident.upperBound.iso8601())),
        ]
        let reports: [JSONValue.Member] = [
            .init("evaluation", evaluation?.json ?? .null),
            .init("dash", DashJSON.value(frame)),
            .init("costReport", CostJSON.value(report)),
        ]
        return JSONValue(schema: "purser.demo/1", setting + tally.json + reports)
    }
}
