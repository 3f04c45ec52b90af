public import CoreMetrics
import PurserCore

/// Makes the instruments of swift-metrics for one namespace of a ``Recorder``.
public struct RecorderFactory: MetricsFactory {
    let recorder: Recorder
    let namespace: String
    let units: [String: MetricUnit]
    let dimensionSets: [[String]]?

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        recorder.instrument(key(.counter, label, dimensions, .count), make: CounterInstrument.init)
    }

    public func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        recorder.instrument(key(.samples, label, dimensions, .none), make: SampleInstrument.init)
    }

    public func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        aggregate
            ? recorder.instrument(key(.samples, label, dimensions, .none), make: SampleInstrument.init)
            : recorder.instrument(key(.gauge, label, dimensions, .none), make: GaugeInstrument.init)
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        recorder.instrument(key(.gauge, label, dimensions, .none), make: GaugeInstrument.init)
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        recorder.instrument(key(.timer, label, dimensions, .seconds), make: TimerInstrument.init)
    }

    public func destroyCounter(_ handler: any CounterHandler) {
        recorder.release(handler)
    }

    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        recorder.release(handler)
    }

    public func destroyRecorder(_ handler: any RecorderHandler) {
        recorder.release(handler)
    }

    public func destroyMeter(_ handler: any MeterHandler) {
        recorder.release(handler)
    }

    public func destroyTimer(_ handler: any TimerHandler) {
        recorder.release(handler)
    }

    private func key(
        _ kind: Recorder.Kind,
        _ label: String,
        _ dimensions: [(String, String)],
        _ unit: MetricUnit
    ) -> Recorder.Key {
        let metric = Metric(
            namespace: namespace,
            name: Self.printable(label),
            dimensions: dimensions.map { Dimension(Self.printable($0.0), Self.printable($0.1)) }
        )
        return Recorder.Key(
            kind: kind,
            series: Series(metric, unit: units[label] ?? unit),
            dimensionSets: dimensionSets
        )
    }

    /// A name without control characters: SQLite's texts end at a NUL, and two names would become one.
    private static func printable(_ text: String) -> String {
        // Bytes settle nearly every name: 0xC2 begins the control characters beyond ASCII, and some others.
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f || $0 == 0xc2 }) else { return text }
        let isControl = { (scalar: Unicode.Scalar) in scalar.properties.generalCategory == .control }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? "\u{FFFD}" : $0 }))
    }
}
