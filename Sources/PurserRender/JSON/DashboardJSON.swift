package import PurserCore

/// A dashboard for programs: schema `purser.dashboard/1`.
package enum DashboardJSON {
    /// Returns the frame, with times in ISO 8601 UTC; periods without data are left out of a series.
    package static func value(_ frame: DashboardFrame) -> JSONValue {
        JSONValue(
            schema: "purser.dashboard/1",
            [
                "name": .string(frame.name),
                "from": .string(frame.from.iso8601()),
                "to": .string(frame.to.iso8601()),
                "verdict": frame.onCall.map { DashJSON.verdict(DashVerdict($0)) } ?? .null,
                "alarms": .array((frame.onCall?.alarms ?? []).map(DashJSON.alarm)),
                "notes": .array(frame.notes.map { .string($0) }),
                "leftOut": ["series": .integer(frame.seriesLeftOut), "widgets": .integer(frame.widgetsLeftOut)],
                "widgets": .array(frame.widgets.map(widget)),
            ]
        )
    }

    /// Returns the names of the dashboards of a folder: schema `purser.dash-list/1`.
    package static func list(_ names: [String]) -> JSONValue {
        JSONValue(schema: "purser.dash-list/1", ["dashboards": .array(names.map { .string($0) })])
    }

    private static func widget(_ widget: DashboardFrame.Widget) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("type", .string(widget.type)),
            .init("title", JSONValue(widget.title)),
            .init("x", .integer(widget.place.x)),
            .init("y", .integer(widget.place.y)),
            .init("width", .integer(widget.place.width)),
            .init("height", .integer(widget.place.height)),
        ]
        switch widget.content {
        case .metric(let panel):
            members += [
                .init("view", .string(panel.widget.view.rawValue)),
                .init("series", .array(panel.series.map(series))),
                .init("seriesLeftOut", .integer(panel.seriesLeftOut)),
                .init("notes", .array(panel.notes.map { .string($0) })),
                .init("drawn", true),
            ]
        case .text(let markdown): members += [.init("markdown", .string(markdown)), .init("drawn", true)]
        case .alarms(let alarms): members += [.init("alarms", .array(alarms.map(alarm))), .init("drawn", true)]
        case .notDrawn(let reason): members += [.init("drawn", false), .init("reason", .string(reason))]
        }
        return .object(members)
    }

    private static func series(_ series: DashboardFrame.Series) -> JSONValue {
        let points = series.datapoints.filter(\.value.isFinite)
        return [
            "id": .string(series.id),
            "label": .string(series.label),
            "periodSeconds": .integer(series.period),
            "partial": .bool(series.isPartial),
            "timestamps": .array(points.map { .string($0.timestamp.iso8601()) }),
            "values": .array(points.map { .number($0.value) }),
        ]
    }

    private static func alarm(_ alarm: DashboardFrame.Alarm) -> JSONValue {
        [
            "name": .string(alarm.name),
            "state": JSONValue(alarm.state?.rawValue),
            "since": JSONValue(alarm.since?.iso8601()),
            "summary": JSONValue(alarm.summary),
        ]
    }
}
