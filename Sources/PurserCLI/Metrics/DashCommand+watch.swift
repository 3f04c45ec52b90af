import ArgumentParser
import Purser
import PurserCore
import PurserRender
import PurserStore

/// The live view, which repaints the frames of the command.
extension DashCommand {
    func watch(_ session: Session) throws {
        try LiveTerminal.check(session.environment)
        let source = try LiveSource(self, session)
        let view = LiveView(
            asOf: asOf.at?.time(now: .now),
            seconds: since?.seconds ?? (isOfBody ? nil : DashFrames.defaultSeconds),
            showsOnlyAlarms: compact && !isOfBody
        )
        let whole = drawing.style(session.environment)
        var loop = LiveLoop(view, everySeconds: live.every?.seconds ?? 5) { columns in
            let width = min(drawing.width ?? columns, columns)
            return TerminalStyle(width: width, symbols: whole.symbols, color: whole.color)
        } read: {
            try source.picture(of: $0, now: $1, reloads: $2)
        }
        try loop.run()
    }
}

/// What a live view reads: the files once, unless it is asked for them again, and the store for each frame.
private final class LiveSource {
    private let command: DashCommand
    private let session: Session
    private var rules: AlarmRules
    private var file: (body: DashboardBody, faults: [String])?
    /// The open store; nil after a fault, which may be one of the connection.
    private var store: Store?

    init(_ command: DashCommand, _ session: Session) throws {
        self.command = command
        self.session = session
        rules = try command.rules(session)
    }

    /// Reads the frame that a view shows.
    func picture(of view: LiveView, now: Timestamp, reloads: Bool) throws -> LivePicture {
        if reloads {
            file = nil
            rules = try readRules()
        }
        do {
            let store = try store ?? session.store(.existing)
            self.store = store
            let at = view.asOf ?? now
            if let namespace = command.namespace {
                let body = try session.reader(store).body(ofNamespace: namespace)
                return try picture(of: body, name: namespace, view, store, at: at)
            }
            guard let name = command.name else { return try chatPicture(of: view, store, at: at) }
            let file = try file ?? readFile(name)
            self.file = file
            return try picture(of: file.body, name: name, view, store, at: at, notes: file.faults)
        } catch let error as StoreError {
            store = nil
            throw error
        }
    }

    /// Reads the alarm files; what cannot be read is in the frame.
    private func readRules() throws -> AlarmRules {
        if command.namespace != nil { return AlarmRules() }
        do {
            return try session.unreportedRules(checksParameters: !command.isOfBody)
        } catch let error as FileError {
            return AlarmRules(error)
        }
    }

    private func readFile(_ name: String) throws -> (body: DashboardBody, faults: [String]) {
        let (body, faults) = try command.body(of: try session.dashboardFolder.knownFile(name), session)
        guard let body else { throw CommandFailure(faults.joined(separator: "; ")) }
        return (body, faults)
    }

    private func chatPicture(of view: LiveView, _ store: Store, at: Timestamp) throws -> LivePicture {
        let seconds = view.seconds ?? DashFrames.defaultSeconds
        let range = at - seconds..<at
        let frame = try session.frames(store, rules)
            .chat(range, at: at, isOfAskedMoment: view.asOf != nil, hasHeatmap: command.heatmap)
        return LivePicture(shownSeconds: seconds, endsWithVerdict: frame.otherNamespaces == nil) { style, isCompact in
            DashText.render(frame, style: style, compact: isCompact)
        }
    }

    private func picture(
        of body: DashboardBody,
        name: String,
        _ view: LiveView,
        _ store: Store,
        at: Timestamp,
        notes: [String] = []
    ) throws -> LivePicture {
        var frame = try command.frame(
            body,
            name: name,
            session,
            store,
            rules,
            window: (view.seconds.map { at - $0..<at }, at),
            isOfAskedMoment: view.asOf != nil
        )
        frame.notes += notes
        let seconds = Int((frame.to - frame.from) / 1000)
        return LivePicture(shownSeconds: seconds, endsWithVerdict: frame.onCall != nil) {
            [command, frame] style, onlyAlarms in
            var frame = frame
            if onlyAlarms { frame.widgets = frame.widgets.filter(\.isOfAlarms) }
            return DashboardText.render(frame, style: style, layout: command.layout ?? .list)
        }
    }
}

extension DashboardFrame.Widget {
    fileprivate var isOfAlarms: Bool {
        if case .alarms = content { true } else { false }
    }
}
