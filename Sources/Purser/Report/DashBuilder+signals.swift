import ChatService
import PurserCore
import PurserStore

extension DashBuilder {
    /// Returns the rows of the signals table.
    func signals(
        of frame: DashFrame,
        _ distributions: [ChatMetric: [Distribution]],
        _ heartbeats: [ClosedRange<Timestamp>]
    ) throws -> [DashFrame.Signal] {
        let now = frame.window.now(at: frame.at)
        let minutes = Double(now.upperBound - now.lowerBound) / 60_000
        var recorded = RecordedTime(frame, heartbeats, reader.store)
        let newest = try self.distributions(in: now)
        let newestSlot = now.upperBound - frame.window.slotSeconds..<now.upperBound
        let isNowCounted = try recorded.isCounted(newestSlot, hasCalls: !newest(.invocations).isEmpty)
        let usual = try usualHours(around: now, recorded)
        let (shareTime, shares) = try timeWithCalls(now, newest)
        let invocations = distributions[.invocations] ?? []
        let steps = invocations.indices.map { step in
            let start = frame.window.from + step * frame.window.periodSeconds
            return start..<start + frame.window.periodSeconds
        }
        var isCounted: [Bool] = []
        for (step, calls) in zip(steps, invocations) {
            isCounted.append(try recorded.isCounted(step, hasCalls: !calls.isEmpty))
        }
        let inAlarm = Set(frame.alarms.filter { $0.state == .alarm }.map(\.name))
        let firing = alarms.filter { inAlarm.contains($0.name) }

        func signal(_ row: DashSignalRow, _ values: [Double?]) -> DashFrame.Signal {
            let isShare = row.format == .percent
            let zero: Double? = isShare ? nil : 0
            var signal = DashFrame.Signal(
                name: row.name,
                format: row.format,
                isPart: row.isPart,
                kind: row.kind,
                now: row.value(isShare ? shares : newest, minutes: minutes) ?? (isNowCounted ? zero : nil),
                usual: Self.median(usual.compactMap { row.value($0, minutes: 60) ?? zero }),
                usualRange: row.usualRange(usual, now: isShare ? shares : newest, minutes: minutes),
                values: zip(values, isCounted).map { $0 ?? ($1 ? zero : nil) }
            )
            signal.nowTime = isShare ? shareTime : now
            signal.isInAlarm = firing.contains(where: row.isWatched)
            return signal
        }
        return try DashSignalRow.all.flatMap { row -> [DashFrame.Signal] in
            let values = steps.indices.map { step in
                let seconds = Double(frame.window.seconds(ofStep: step))
                return row.value({ distributions[$0]?[step] ?? .empty }, minutes: seconds / 60)
            }
            let signal = signal(row, values)
            return try [signal]
                + (row.name == DashSignalRow.refused.name ? refusalReasons(of: signal, in: frame, now) : [])
        }
    }

    /// Returns the newest time with calls, of which there is a percentage: the newest minutes or, if they have none, the
    /// newest quarter of an hour or hour.
    private func timeWithCalls(_ now: Range<Timestamp>, _ newest: @escaping DashSignalRow.Distributions) throws
        -> (Range<Timestamp>, DashSignalRow.Distributions)
    {
        for seconds in [0, 900, 3600] {
            let time = min(now.lowerBound, now.upperBound - seconds)..<now.upperBound
            let found = seconds == 0 ? newest : try distributions(in: time)
            if found(.invocations).sum > 0 { return (time, found) }
        }
        return (now, newest)
    }

    /// Returns each metric's distribution in a stretch of time.
    func distributions(in range: Range<Timestamp>, of metrics: [ChatMetric] = counted) throws
        -> DashSignalRow.Distributions
    {
        let (from, to) = (range.lowerBound, range.upperBound)
        let slots = try reader.slots(
            of: metrics.map(Self.reference),
            from: from,
            to: to,
            period: Int(to - from) / 1000
        )
        return { slots[Self.reference($0)]?.total(from: from, to: to) ?? .empty }
    }

    /// Returns each metric's distribution in the hour around a time of day, on each of the seven preceding days; days on
    /// which nothing recorded then are left out.
    private func usualHours(around now: Range<Timestamp>, _ recorded: RecordedTime) throws
        -> [DashSignalRow.Distributions]
    {
        let slot = 60
        let middle = now.lowerBound + Int(now.upperBound - now.lowerBound) / 2000
        let first = (middle - 1800).floored(toSeconds: slot)
        return try (1...7).compactMap { day in
            let start = first - day * 86_400
            let hour = try distributions(in: start..<start + 3600)
            let hasData = Self.counted.contains { !hour($0).isEmpty }
            return hasData || recorded.hasHeartbeat(in: start..<start + 3600) ? hour : nil
        }
    }
}

/// The times in which the chat service recorded, so that a count without samples is 0 and not unknown.
///
/// That is known while a program wrote heartbeats and, before the first of them, between two calls.
struct RecordedTime {
    private let heartbeats: [ClosedRange<Timestamp>]
    private let newest: Timestamp?
    /// In milliseconds: twice a step, because whether a step is known is seen after it, but not long after the last data.
    private let longestSilence: Int64
    private let store: Store
    /// The earliest time that is known to have calls before it.
    private var knownFrom: Timestamp?
    /// The latest time that is known to have no calls before it.
    private var unknownUntil: Timestamp?

    init(_ frame: DashFrame, _ heartbeats: [ClosedRange<Timestamp>], _ store: Store) {
        self.heartbeats = heartbeats
        newest = frame.newestData
        longestSilence = min(
            DashFrame.longestSilence,
            2000 * Int64(max(frame.window.periodSeconds, frame.evaluationIntervalSeconds))
        )
        self.store = store
    }

    /// Returns whether a program was alive in a stretch of time.
    func hasHeartbeat(in time: Range<Timestamp>) -> Bool {
        heartbeats.contains { $0.lowerBound < time.upperBound && time.lowerBound - $0.upperBound <= longestSilence }
    }

    /// Returns whether a count in a stretch of time is known.
    mutating func isCounted(_ time: Range<Timestamp>, hasCalls: Bool) throws -> Bool {
        if hasCalls { return true }
        if let first = heartbeats.map(\.lowerBound).min(), time.upperBound > first { return hasHeartbeat(in: time) }
        guard let newest, time.lowerBound - newest <= longestSilence else { return false }
        return try hadCalls(before: time.lowerBound)
    }

    /// Returns whether there were calls before a time. The store is asked only until the answer is known for all later
    /// times.
    private mutating func hadCalls(before time: Timestamp) throws -> Bool {
        if let knownFrom, knownFrom <= time { return true }
        if let unknownUntil, time <= unknownUntil { return false }
        let invocations = ChatMetric.invocations.rawValue
        let namespace = ChatMetric.namespace
        let hadCalls =
            try !store.series(namespace: namespace, name: invocations).isEmpty
            && store.newestSlotEnd(before: time, namespace: namespace) != nil
        if hadCalls { knownFrom = time } else { unknownUntil = time }
        return hadCalls
    }
}
