import ChatService
import Foundation
import Purser
import PurserCore
import PurserStore
import Synchronization
import TestSupport
import Testing

@testable import PurserServer

/// Time that only the test moves.
final class ManualClock: Sendable {
    private let start: Timestamp
    private let nanoseconds = Mutex<Int64>(0)
    /// Called when something waits; what it throws ends the wait.
    private let onSleep = Mutex<@Sendable () throws -> Void>({})

    init(_ start: Timestamp) {
        self.start = start
    }

    func advance(seconds: Int) {
        nanoseconds.withLock { $0 += Int64(seconds) * 1_000_000_000 }
    }

    func whenSleeping(_ body: @escaping @Sendable () throws -> Void) {
        onSleep.withLock { $0 = body }
    }

    var clock: ServiceClock {
        ServiceClock(
            now: { self.start + Int(self.nanoseconds.withLock(\.self) / 1_000_000_000) },
            nanoseconds: { self.nanoseconds.withLock(\.self) },
            sleep: { duration in
                try self.onSleep.withLock(\.self)()
                self.advance(seconds: Int(duration.components.seconds))
            }
        )
    }
}

/// A store, and the pages that are read from it.
struct DashFixture {
    static let at = Timestamp(year: 2026, month: 11, day: 24, hour: 11, minute: 30)
    let folder: TemporaryFolder
    let clock = ManualClock(at)
    let pages: DashPages

    var path: String {
        folder.path("purser.db")
    }

    /// - Parameter now: Called for the time of each frame; nil means the time of ``clock``.
    init(
        dashboards: String? = nil,
        folder: TemporaryFolder? = nil,
        now: (@Sendable () -> Timestamp)? = nil
    ) throws {
        self.folder = try folder ?? TemporaryFolder()
        var clock = clock.clock
        if let now { clock = ServiceClock(now: now, nanoseconds: clock.nanoseconds, sleep: clock.sleep) }
        let descriptor = open("/dev/null", O_WRONLY)
        let files = DashPages.Files(
            store: self.folder.path("purser.db"),
            dashboards: dashboards,
            parameters: FileParameters(environment: [:])
        )
        pages = DashPages(
            files,
            quota: ChatConfiguration().quota,
            tokenQuotas: try TokenQuotaList.shipped().quotas(in: nil),
            region: nil,
            clock: clock,
            log: ServiceLog(
                output: LogOutput(descriptor: descriptor) { _ in .null },
                level: DaemonSettings().logLevel,
                now: { .now }
            )
        )
    }

    func text(_ query: String?, _ form: DashPages.Form = .html) async throws -> String {
        String(decoding: try await pages.rendering(DashQuery(query), form).body, as: UTF8.self)
    }

    /// Stores one value of a metric, ten minutes ago.
    static func put(_ store: Store, namespace: String, name: String, sequence: Int = 1) throws {
        let series = Series(Metric(namespace: namespace, name: name), unit: .count)
        let slot = Slot(
            start: (at - 600).floored(toSeconds: Slot.seconds),
            distribution: try #require(Distribution(value: 1, count: 1))
        )
        _ = try store.record(
            Flush(writer: "test", sequence: sequence, points: [Flush.Point(series: series, slot: slot)])
        )
    }
}
