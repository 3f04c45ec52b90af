import ChatService
import Logging
import Purser
import PurserAWS
import PurserCore
import PurserRender
import PurserStore
import Synchronization

/// The frames of the dashboard as pages and as JSON, read from the daemon's store.
///
/// They are read with a connection of their own, so that no call waits for them, one at a time. What was read is sent
/// again for up to ``unchangedSeconds`` while nothing is stored, and for ``sharedSeconds`` in any case, unless a
/// listener has already seen an event for newer data.
final class DashPages: Sendable {
    enum Form: Sendable, Hashable {
        case html
        case json
    }

    /// A rendered frame.
    ///
    /// The tag is a strong one: the digest of the bytes. They contain the time of the frame and ages to the second, so
    /// two frames never have the same tag, but the same frame is sent until there is new data, up to
    /// ``unchangedSeconds``. A client that asks again before that gets 304.
    struct Rendering: Sendable {
        var body: [UInt8]
        var tag: String

        fileprivate init(_ body: [UInt8]) {
            self.body = body
            tag = "\"\(SHA256.digest(body).hexadecimal.prefix(32))\""
        }
    }

    /// Too many requests are waiting.
    struct Overload: Error {}

    /// What the frames are read from.
    struct Files: Sendable {
        var store: String
        /// The folders; nil means the shipped files.
        var alarms: String?
        var dashboards: String?
        var parameters: FileParameters
    }

    static let sharedSeconds = 2
    static let unchangedSeconds = 30
    /// How many requests may wait for a frame, with the one whose frame is read.
    static let mostWaiting = 16
    private static let mostKept = 8
    /// The most links to namespaces.
    private static let mostLinks = 50
    private static let mostMessageCharacters = 2000

    private enum Frame {
        case chat(DashFrame)
        case dashboard(DashboardFrame)
    }

    private struct Entry {
        var frame: Frame
        var links: [WebOptions.Links]
        var version: Int
        /// Nanoseconds of the monotonic clock.
        var time: Int64
        var renderings: [Form: Rendering] = [:]
    }

    private struct State {
        var store: Store?
        var entries: [DashQuery: Entry] = [:]
        /// The last version that a listener has seen, and when it was read.
        var seen: (version: Int?, time: Int64)?
        /// Frames of before this time must be read again.
        var changed = Int64.min
    }

    private let files: Files
    private let quota: Int?
    private let tokenQuotas: [TokenQuotaList.Quota]
    private let region: String?
    private let clock: ServiceClock
    private let log: ServiceLog
    private let work = BlockingWork("dash")
    private let waiting = Mutex(0)
    private let state = Mutex(State())

    init(
        _ files: Files,
        quota: Int?,
        tokenQuotas: [TokenQuotaList.Quota],
        region: String?,
        clock: ServiceClock,
        log: ServiceLog
    ) {
        self.files = files
        self.quota = quota
        self.tokenQuotas = tokenQuotas
        self.region = region
        self.clock = clock
        self.log = log
    }

    /// Returns what a query shows; throws ``DashQuery/Fault``, ``Overload``, or what prevents the store from being read.
    func rendering(_ query: DashQuery, _ form: Form) async throws -> Rendering {
        let isAccepted = waiting.withLock { count in
            guard count < Self.mostWaiting else { return false }
            count += 1
            return true
        }
        guard isAccepted else { throw Overload() }
        defer { waiting.withLock { $0 -= 1 } }
        return try await work.perform { [self] in try current(query, form) }
    }

    /// Returns a number that changes with what is stored; nil if the store cannot be read.
    func version() async -> Int? {
        let version = try? await work.perform { [self] () -> Int? in
            // All listeners share one look.
            let now = clock.nanoseconds()
            if let seen = state.withLock(\.seen), now - seen.time < 1_000_000_000 { return seen.version }
            let version = try? reading { try $0.changeNumber() }
            state.withLock { state in
                if state.seen?.version != version { state.changed = now }
                state.seen = (version, now)
            }
            return version
        }
        return version ?? nil
    }

    // On the queue of the work.

    private func current(_ query: DashQuery, _ form: Form) throws -> Rendering {
        try reading { store in
            let now = clock.nanoseconds()
            let version = try store.changeNumber()
            var entry: Entry
            if let kept = state.withLock({ $0.entries[query] }), isCurrent(kept, version, at: now) {
                entry = kept
            } else {
                entry = try read(query, store, version, at: now)
            }
            if let rendering = entry.renderings[form] { return rendering }
            let rendering = Rendering(Self.body(entry, form))
            entry.renderings[form] = rendering
            state.withLock { [entry] state in
                state.entries = state.entries.filter { now - $0.value.time < Self.nanoseconds(Self.unchangedSeconds) }
                if state.entries.count >= Self.mostKept { state.entries = [:] }
                state.entries[query] = entry
            }
            return rendering
        }
    }

    private func isCurrent(_ entry: Entry, _ version: Int, at now: Int64) -> Bool {
        let age = now - entry.time
        if entry.version == version { return age < Self.nanoseconds(Self.unchangedSeconds) }
        return age < Self.nanoseconds(Self.sharedSeconds) && entry.time > state.withLock(\.changed)
    }

    private static func nanoseconds(_ seconds: Int) -> Int64 {
        Int64(seconds) * 1_000_000_000
    }

    /// Runs `body` with the store; after a fault, which may be one of the connection, the store is opened again.
    private func reading<Value>(_ body: (Store) throws -> Value) throws -> Value {
        do {
            let store = try state.withLock(\.store) ?? Store(path: files.store, .existing)
            state.withLock { $0.store = store }
            return try body(store)
        } catch let error as StoreError {
            state.withLock { state in
                state.store = nil
                state.entries = [:]
            }
            throw error
        }
    }

    private func read(_ query: DashQuery, _ store: Store, _ version: Int, at now: Int64) throws -> Entry {
        let at = clock.now()
        let reader = MetricReader(store: store, quota: quota, tokenQuotas: tokenQuotas)
        let frames = DashFrames(reader: reader, rules: try rules(), region: region)
        let folder = DashboardFolder(path: files.dashboards)
        let range = query.seconds.map { at - $0..<at }
        let frame: Frame
        do {
            switch query.subject {
            case .chat:
                let range = range ?? at - DashFrames.defaultSeconds..<at
                frame = .chat(try frames.chat(range, at: at, isOfAskedMoment: false))
            case .namespace(let name):
                let body = try reader.body(ofNamespace: name)
                frame = .dashboard(try frames.dashboard(body, name: name, range: range, at: at))
            case .dashboard(let name):
                let file = try folder.knownFile(name)
                let parameters = files.parameters.forDashboards
                let (body, faults) = DashboardBody.read(json: file.text, file: file.path, parameters: parameters)
                guard let body else { throw Diagnostics(faults) }
                var drawn = try frames.dashboard(body, name: name, range: range, at: at, hasOnCall: true)
                drawn.notes += faults.map(\.description)
                frame = .dashboard(drawn)
            }
        } catch let error as UnknownSubject {
            let parameter = error.kind == .dashboard ? "name" : "namespace"
            // Stored names may be long, and many.
            throw DashQuery.Fault("\(parameter): " + "\(error)".prefix(Self.mostMessageCharacters))
        }
        let links = query.links(
            dashboards: (try? folder.names()) ?? [],
            namespaces: Array(try reader.namespaces().filter { $0 != ChatMetric.namespace }.prefix(Self.mostLinks))
        )
        return Entry(frame: frame, links: links, version: version, time: now)
    }

    private func rules() throws -> AlarmRules {
        do {
            return try AlarmFolder(path: files.alarms, parameters: files.parameters.forAlarms).rules()
        } catch let error as FileError {
            return AlarmRules(error)
        }
    }

    private static func body(_ entry: Entry, _ form: Form) -> [UInt8] {
        let options = WebOptions(links: entry.links, isLive: true)
        switch (entry.frame, form) {
        case (.chat(let frame), .html): return Array(DashPage.html(frame, options).utf8)
        case (.chat(let frame), .json): return DashJSON.value(frame).utf8() + [UInt8(ascii: "\n")]
        case (.dashboard(let frame), .html): return Array(DashboardPage.html(frame, options).utf8)
        case (.dashboard(let frame), .json): return DashboardJSON.value(frame).utf8() + [UInt8(ascii: "\n")]
        }
    }

    /// The policy of the pages' header, which also keeps them out of frames.
    static let policy = WebOptions(isLive: true).policy + "; frame-ancestors 'none'"

    /// Writes a failure into the log, and returns what the client gets to know.
    func message(_ error: any Error) -> String {
        log.event(.error, "the dashboard cannot be read", [.init("error", .string(String(describing: error)))])
        return error is StoreError
            ? "The store cannot be read at the moment." : "The dashboard cannot be read; the log has the details."
    }
}
