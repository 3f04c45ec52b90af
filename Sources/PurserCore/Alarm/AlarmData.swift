/// The recorded data that alarms are evaluated over.
public struct AlarmData: Sendable, Equatable {
    private let series: [MetricReference: SlotSeries]

    /// Slots no longer than the alarms' periods, for each reference that has data.
    public init(_ series: [MetricReference: SlotSeries]) {
        self.series = series
    }

    /// The slots of a reference; none where it has no data.
    public subscript(reference: MetricReference) -> SlotSeries {
        series[reference] ?? .empty
    }
}
