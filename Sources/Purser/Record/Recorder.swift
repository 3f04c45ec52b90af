import CoreMetrics
public import Logging
package import PurserCore
package import PurserStore
import Synchronization

/// Collects samples in memory and writes them to a store every ten seconds, in one transaction.
///
/// Bootstrap swift-metrics with one of its factories, and let ``run()`` run for the lifetime of the service:
///
///     let recorder = try Purser.Recorder(path: "/var/lib/purser/purser.db")
///     MetricsSystem.bootstrap(recorder.factory(namespace: "MyService"))
///
/// Recording never waits for the disk. If the disk cannot keep up, whole flushes are dropped and counted in
/// `Purser FlushesDropped`.
public final class Recorder: Sendable {
    /// The namespace of a recorder's metrics about itself.
    public static let ownNamespace = "Purser"

    /// The dimension of the series that collects the samples of all series above the limit, named as in OpenTelemetry.
    package static let overflowDimension = Dimension("otel.metric.overflow", "true")

    public struct Limits: Sendable {
        /// The maximum number of series of one recorder; further ones share one overflow series per metric.
        public var series = 2000
        /// Flushes kept in memory while the store cannot be written: an hour.
        public var waitingFlushes = 360

        public init() {}
    }

    enum Kind: Hashable {
        case counter
        case samples
        case timer
        case gauge
    }

    struct Key: Hashable {
        var kind: Kind
        var series: Series
        /// The subsets of the dimensions under which the samples are stored; nil means only the set of all dimensions.
        var dimensionSets: [[String]]?
    }

    private struct Registry {
        var instruments: [Key: any Instrument] = [:]
        var names = RememberedNames()
    }

    fileprivate struct Progress {
        var since: Timestamp
        var sequence = 0
        var waiting: [Flush] = []
        var dropped = 0
        /// The last heartbeat.
        var beaten: Timestamp?
    }

    package let writer: String
    private let store: Store
    private let limits: Limits
    private let logger: Logger?
    private let shared = SharedByInstruments()
    private let registry = Mutex(Registry())
    private let scopes = Atomic<Int>(0)
    /// The namespaces of the factories.
    private let namespaces = Mutex<Set<String>>([])
    private let progress: Mutex<Progress>
    /// One drain at a time: the store ignores a flush that arrives after a later one.
    private let draining = Mutex(())

    /// Creates a recorder whose first slot begins at `start`.
    ///
    /// No other process may use the writer's name; ``uniqueWriter()`` makes a suitable one.
    package init(
        store: Store,
        writer: String,
        startingAt start: Timestamp,
        limits: Limits = Limits(),
        logger: Logger? = nil
    ) {
        self.store = store
        self.writer = writer
        self.limits = limits
        self.logger = logger
        progress = Mutex(Progress(since: start))
    }

    /// Creates a recorder that writes to the store at `path` from now on, as its own writer; the store is created if it
    /// does not exist.
    ///
    /// Throws the store's error, which names the path and says what to do.
    public convenience init(path: String, limits: Limits = Limits(), logger: Logger? = nil) throws {
        self.init(
            store: try Store(path: path, .creating),
            writer: Self.uniqueWriter(),
            startingAt: .now,
            limits: limits,
            logger: logger
        )
    }

    /// Returns a factory for swift-metrics whose metrics get this namespace.
    ///
    /// - Parameters:
    ///   - namespace: The metrics' namespace, as in CloudWatch: `MyService`.
    ///   - units: The units of metrics by their labels; by default, timers are in Seconds, counters in Count, and
    ///     others in None.
    ///   - dimensionSets: Every sample is stored once per set, under those of its dimensions that the set names, as in
    ///     CloudWatch's embedded metric format; nil stores it only under all its dimensions.
    public func factory(
        namespace: String,
        units: [String: Unit] = [:],
        dimensionSets: [[String]]? = nil
    ) -> RecorderFactory {
        factory(namespace: namespace, metricUnits: units.mapValues(\.unit), dimensionSets: dimensionSets)
    }

    package func factory(
        namespace: String,
        metricUnits units: [String: MetricUnit],
        dimensionSets: [[String]]? = nil
    ) -> RecorderFactory {
        namespaces.withLock { _ = $0.insert(namespace) }
        let scope = MetricScope(
            self,
            number: scopes.wrappingAdd(1, ordering: .relaxed).newValue,
            namespace: namespace,
            units: units,
            dimensionSets: dimensionSets
        )
        return RecorderFactory(scope: scope)
    }

    /// Returns the instrument that a call of swift-metrics names; it is created on the first such call.
    @inline(__always)
    func instrument<Made: Instrument>(
        _ kind: Kind,
        _ label: String,
        _ dimensions: [(String, String)],
        _ scope: MetricScope,
        make: (SharedByInstruments) -> Made
    ) -> Made {
        let digest = NameDigest(scope.number, label, dimensions)
        let known: Made? = registry.withLock { registry in
            let known: Made? = registry.names.instrument(kind, scope.number, label, dimensions, digest)
            known?.handles.add()
            return known
        }
        return known ?? newInstrument(kind, label, dimensions, scope, digest, make: make)
    }

    @inline(never)
    private func newInstrument<Made: Instrument>(
        _ kind: Kind,
        _ label: String,
        _ dimensions: [(String, String)],
        _ scope: MetricScope,
        _ digest: NameDigest,
        make: (SharedByInstruments) -> Made
    ) -> Made {
        var key = scope.key(kind, label, dimensions)
        return registry.withLock { registry in
            if registry.instruments[key] == nil, registry.instruments.count >= limits.series { key = overflow(of: key) }
            let instrument = registry.instruments[key] as? Made ?? make(shared)
            registry.instruments[key] = instrument
            registry.names.remember(instrument, kind, scope.number, label, dimensions, digest)
            instrument.handles.add()
            return instrument
        }
    }

    private func overflow(of key: Key) -> Key {
        let metric = key.series.metric
        let all = Metric(namespace: metric.namespace, name: metric.name, dimensions: [Self.overflowDimension])
        return Key(kind: key.kind, series: Series(all, unit: key.series.unit), dimensionSets: nil)
    }

    /// Takes everything recorded since the last call, as samples of the slot in which that call was made.
    package func collect(at now: Timestamp) -> Flush {
        let (slot, sequence) = progress.withLock { progress in
            defer { progress.since = now }
            progress.sequence += 1
            return (progress.since.floored(toSeconds: Slot.seconds), progress.sequence)
        }
        var merged: [Series: Distribution] = [:]
        for (key, distribution) in drainInstruments() {
            for series in key.targets {
                merged[series, default: .empty].merge(distribution)
            }
        }
        let own = [
            "SamplesRejected": shared.rejected.drain(), "FlushesDropped": progress.withLock { $0.takeDropped() },
        ]
        for (name, count) in own {
            guard let distribution = Distribution(value: 1, count: count) else { continue }
            merged[Series(Metric(namespace: Self.ownNamespace, name: name), unit: .count)] = distribution
        }
        let points = merged.sorted { $0.key.metric < $1.key.metric }.map { series, distribution in
            Flush.Point(series: series, slot: Slot(start: slot, distribution: distribution))
        }
        return Flush(writer: writer, sequence: sequence, points: points)
    }

    private func drainInstruments() -> [(Key, Distribution)] {
        registry.withLock { registry in
            var drained: [(Key, Distribution)] = []
            for (key, instrument) in registry.instruments {
                // Checked before the drain: a sample recorded in between has a handle, and its instrument stays for the
                // next drain.
                let isUnused = instrument.handles.areGone
                if let distribution = instrument.drain() { drained.append((key, distribution)) }
                guard isUnused else { continue }
                registry.instruments[key] = nil
                registry.names.removeAll()
            }
            return drained
        }
    }

    /// Writes everything recorded since the last call to the store.
    ///
    /// Flushes that cannot be written wait in memory for the next call, up to the limit; the oldest are dropped first.
    package func drain(at now: Timestamp) {
        draining.withLock { _ in drainAlone(at: now) }
    }

    private func drainAlone(at now: Timestamp) {
        let flush = collect(at: now)
        let flushes = progress.withLock { progress in
            if !flush.points.isEmpty { progress.waiting.append(flush) }
            let excess = max(0, progress.waiting.count - limits.waitingFlushes)
            progress.waiting.removeFirst(excess)
            progress.dropped += excess
            defer { progress.waiting = [] }
            return progress.waiting
        }
        guard !flushes.isEmpty else { return }
        do {
            try store.transaction {
                for flush in flushes {
                    try store.record(flush)
                }
            }
        } catch {
            progress.withLock { $0.waiting = flushes + $0.waiting }
            logger?.error("metrics wait in memory", metadata: ["flushes": "\(flushes.count)", "error": "\(error)"])
        }
    }

    /// Writes everything recorded since the last call to the store, for a program that ends before ``run()`` has done
    /// so.
    public func drain() {
        drain(at: .now)
    }

    /// Drains at every multiple of ten seconds on the wall clock until the task is cancelled, and then once more; rolls
    /// up between drains.
    public func run() async {
        let work = BlockingWork("recorder")
        var isLast = false
        while !isLast {
            let now = Timestamp.now
            let next = now.floored(toSeconds: Slot.seconds) + Slot.seconds
            try? await Task.sleep(for: .milliseconds(next - now))
            // Decided before the work: a task that is cancelled during the work drains again, because the samples of
            // the last seconds are still in memory.
            isLast = Task.isCancelled
            try? await work.perform { [self, isLast] in
                drain()
                beat(at: .now)
                if !isLast { rollUp() }
            }
        }
    }

    /// Writes a heartbeat if the last one is a minute old, so that readers can tell a quiet service from one that has
    /// stopped.
    package func beat(at now: Timestamp) {
        // The drain of a minute later is a little early or late. A clock that was set back must not stop the heartbeat.
        let isDue = progress.withLock { progress in progress.beaten.map { !(0..<55_000).contains(now - $0) } ?? true }
        guard isDue else { return }
        do {
            try store.beat(writer, at: now, namespaces: namespaces.withLock(\.self))
            progress.withLock { $0.beaten = now }
        } catch {
            logger?.error("the heartbeat could not be written", metadata: ["error": "\(error)"])
        }
    }

    private func rollUp() {
        do {
            // Ends well before the next drain is due.
            try store.rollUp(limitSeconds: Slot.seconds / 4)
        } catch {
            logger?.error("metrics could not be rolled up", metadata: ["error": "\(error)"])
        }
    }

    /// Returns a writer name that no other process has: host, process id, start time, random digits.
    package static func uniqueWriter() -> String {
        WriterIdentity.unique()
    }
}

extension Recorder.Key {
    /// The series under which samples of this key are stored.
    fileprivate var targets: [Series] {
        guard let dimensionSets else { return [series] }
        let metric = series.metric
        return dimensionSets.compactMap { names in
            let dimensions = metric.dimensions.filter { names.contains($0.name) }
            // A set applies only to metrics that have all of its dimensions.
            guard dimensions.count == names.count else { return nil }
            return Series(
                Metric(namespace: metric.namespace, name: metric.name, dimensions: dimensions),
                unit: series.unit
            )
        }
    }
}

extension Recorder.Progress {
    fileprivate mutating func takeDropped() -> Int {
        defer { dropped = 0 }
        return dropped
    }
}
