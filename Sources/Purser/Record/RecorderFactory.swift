public import CoreMetrics
import PurserCore

/// Creates the swift-metrics instruments for one namespace of a ``Recorder``.
public struct RecorderFactory: MetricsFactory {
    /// Only one reference, because swift-metrics copies a factory into every handle.
    let scope: MetricScope

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        scope.recorder.instrument(.counter, label, dimensions, scope, make: CounterInstrument.init)
    }

    public func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        scope.recorder.instrument(.samples, label, dimensions, scope, make: SampleInstrument.init)
    }

    public func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        aggregate
            ? scope.recorder.instrument(.samples, label, dimensions, scope, make: SampleInstrument.init)
            : scope.recorder.instrument(.gauge, label, dimensions, scope, make: GaugeInstrument.init)
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        scope.recorder.instrument(.gauge, label, dimensions, scope, make: GaugeInstrument.init)
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        scope.recorder.instrument(.timer, label, dimensions, scope, make: TimerInstrument.init)
    }

    public func destroyCounter(_ handler: any CounterHandler) {
        (handler as? CounterInstrument)?.handles.release()
    }

    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        (handler as? SampleInstrument)?.handles.release()
    }

    public func destroyRecorder(_ handler: any RecorderHandler) {
        (handler as? SampleInstrument)?.handles.release()
        (handler as? GaugeInstrument)?.handles.release()
    }

    public func destroyMeter(_ handler: any MeterHandler) {
        (handler as? GaugeInstrument)?.handles.release()
    }

    public func destroyTimer(_ handler: any TimerHandler) {
        (handler as? TimerInstrument)?.handles.release()
    }
}
