package import PurserCore

/// A frame of `purser dash` for programs: schema `purser.dash/1`.
package enum DashJSON {
    /// Returns the frame, with times in ISO 8601 UTC, latencies in seconds, and amounts of money as exact decimal text;
    /// missing values are null.
    package static func value(_ frame: DashFrame) -> JSONValue {
        JSONValue(
            schema: "purser.dash/1",
            [
                "title": .string(frame.title),
                "region": JSONValue(frame.region),
                "from": time(frame.window.from),
                "to": time(frame.window.to),
                "periodSeconds": .integer(frame.window.periodSeconds),
                "partial": .bool(frame.window.isPartial),
                "at": time(frame.at),
                "newestData": time(frame.newestData),
                "laterDataFrom": time(frame.laterData?.lowerBound),
                "newestHeartbeat": time(frame.newestHeartbeat),
                "evaluatedAt": time(frame.evaluatedAt),
                "evaluationIntervalSeconds": .integer(frame.evaluationIntervalSeconds),
                "verdict": verdict(DashVerdict(frame)),
                "alarms": .array(frame.alarms.map(alarm)),
                "unreadable": frame.unreadable.json,
                "budget": frame.budget.map(budget) ?? .null,
                "signals": .array(frame.signals.map(signal)),
                "latency": [
                    "p50": numbers(frame.latency.p50),
                    "p90": numbers(frame.latency.p90),
                    "p99": numbers(frame.latency.p99),
                    "threshold": number(frame.latency.threshold),
                    "now": frame.latency.now.map {
                        ["p50": .number($0.p50), "p90": .number($0.p90), "p99": .number($0.p99)]
                    }
                        ?? .null,
                ],
                "heatmap": frame.heatmap.map(heatmap) ?? .null,
                "marks": .array(frame.marks.map(MarkJSON.mark)),
                "alarmSpans": .array(frame.alarmSpans.map(span)),
                "cost": cost(frame.cost, at: frame.at),
                "worstRequests": .array(frame.worstRequests.map(request)),
                "otherNamespaces": frame.otherNamespaces.map(others) ?? .null,
                "notifications": [
                    "pending": .integer(frame.pendingNotifications), "failed": .integer(frame.failedNotifications),
                ],
            ]
        )
    }

    private static func others(_ others: DashFrame.OtherNamespaces) -> JSONValue {
        [
            "names": .array(others.names.map { .string($0) }),
            "newest": others.newest.first.map(DashboardJSON.value) ?? .null,
        ]
    }

    private static func heatmap(_ map: LatencyHeatmap) -> JSONValue {
        [
            "edges": .array(map.edges.map { .number($0) }),
            "counts": .array(map.counts.map { $0.map { .array($0.map { .integer($0) }) } ?? .null }),
        ]
    }

    private static func span(_ span: AlarmSpan) -> JSONValue {
        ["name": .string(span.name), "from": time(span.start), "to": time(span.end)]
    }

    static func verdict(_ verdict: DashVerdict) -> JSONValue {
        [
            "headline": .string(verdict.headline),
            "alarms": .integer(verdict.alarmCount),
            "budgets": .integer(verdict.budget == nil ? 0 : 1),
            "noData": .integer(verdict.noData.count),
            "ok": .integer(verdict.okCount),
            "evaluation": .string("\(verdict.evaluation)"),
            "dataStale": .bool(verdict.isDataStale),
            "refusedPercent": number(verdict.refusedPercent),
        ]
    }

    static func alarm(_ alarm: DashFrame.AlarmLine) -> JSONValue {
        [
            "name": .string(alarm.name),
            "state": .string(alarm.state.rawValue),
            "summary": JSONValue(alarm.summary),
            "since": time(alarm.since),
            "delivery": alarm.delivery.map(delivery) ?? .null,
            "gatheredBy": JSONValue(alarm.gatherer),
            "acknowledgement": alarm.acknowledgement.map(acknowledgement) ?? .null,
            "mute": alarm.mute.map(mute) ?? .null,
            "samples": alarm.samples.map { .integer($0) } ?? .null,
            "runbook": JSONValue(alarm.runbook),
        ]
    }

    private static func acknowledgement(_ seen: Acknowledgement) -> JSONValue {
        [
            "at": time(seen.time), "by": JSONValue(seen.person), "until": time(seen.until),
            "note": JSONValue(seen.note),
        ]
    }

    private static func mute(_ mute: Mute) -> JSONValue {
        [
            "at": time(mute.start), "by": JSONValue(mute.person), "until": time(mute.until),
            "note": JSONValue(mute.note),
        ]
    }

    private static func delivery(_ delivery: DashFrame.Delivery) -> JSONValue {
        func value(_ status: String, sent: Timestamp? = nil, by name: String? = nil, until: Timestamp? = nil)
            -> JSONValue
        {
            [
                "status": .string(status), "sentAt": time(sent), "suppressedBy": JSONValue(name),
                "suppressedUntil": time(until),
            ]
        }
        return switch delivery {
        case .sent(let moment): value("sent", sent: moment)
        case .pending: value("pending")
        case .failed: value("failed")
        case .noTopic: value("noTopic")
        case .suppressed(let name, let until): value("suppressed", by: name, until: until)
        case .notSent: value("notSent")
        }
    }

    private static func budget(_ budget: DashFrame.BudgetLine) -> JSONValue {
        [
            "reason": .string(budget.finding.reason.rawValue),
            "kind": .string(budget.finding.kind.rawValue),
            "amount": money(budget.finding.amount),
            "limit": money(budget.finding.limit),
            "thresholdPercent": .integer(budget.finding.thresholdPercent),
            "since": time(budget.since),
            "delivery": budget.delivery.map(delivery) ?? .null,
        ]
    }

    private static func signal(_ signal: DashFrame.Signal) -> JSONValue {
        [
            "name": .string(signal.name),
            "format": .string(signal.format.rawValue),
            "isPart": .bool(signal.isPart),
            "now": number(signal.now),
            "nowFrom": time(signal.nowTime?.lowerBound),
            "nowTo": time(signal.nowTime?.upperBound),
            "usual": number(signal.usual),
            "usualLow": number(signal.usualRange?.low),
            "usualHigh": number(signal.usualRange?.high),
            "notice": JSONValue(signal.notice.map { $0 == .alarm ? "alarm" : "look" }),
            "values": numbers(signal.values),
        ]
    }

    private static func cost(_ cost: DashFrame.CostPanel, at: Timestamp) -> JSONValue {
        [
            "month": .string(cost.month.description),
            "currency": "USD",
            "spent": money(cost.spent),
            "imported": money(cost.nonLive.imported),
            "simulated": money(cost.nonLive.simulated),
            "held": money(cost.held),
            "limit": money(cost.limit),
            "requests": .integer(cost.requests),
            "quotaRequests": .integer(cost.quotaRequests),
            "quota": cost.quota.map { .integer($0) } ?? .null,
            "runRate": money(CostReport.runRate(spent: cost.spent, month: cost.month, asOf: at)),
            "forecast": cost.forecast.map { CostJSON.forecast($0, cost.outlook) } ?? .null,
            "runsOutFirst": CostJSON.outlook(cost.outlook),
        ]
    }

    private static func request(_ request: DashFrame.RequestLine) -> JSONValue {
        [
            "time": time(request.time),
            "requestId": .string(request.requestId),
            "modelId": .string(request.modelId),
            "outcome": .string(request.outcome),
            "retries": .integer(request.retries),
            "latencyMilliseconds": request.latencyMilliseconds.map { .integer($0) } ?? .null,
            "inputTokens": .integer(request.inputTokens),
            "outputTokens": .integer(request.outputTokens),
        ]
    }

    private static func numbers(_ values: [Double?]) -> JSONValue {
        .array(values.map(number))
    }

    private static func number(_ value: Double?) -> JSONValue {
        value.flatMap { $0.isFinite ? .number($0) : nil } ?? .null
    }

    private static func time(_ time: Timestamp?) -> JSONValue {
        JSONValue(time?.iso8601())
    }

    private static func money(_ amount: Picodollars?) -> JSONValue {
        JSONValue(amount?.description)
    }
}
