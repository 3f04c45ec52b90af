import ArgumentParser
import Purser
import PurserCore
import PurserRender
import PurserStore

/// The value of `--to`: the end of a time range or, with `--export`, a format.
enum DashTo {
    case time(TimeArgument)
    case format(DashboardFormat)

    /// Reads the option's value; throws an error that names the forms of a time.
    @Sendable static func read(_ text: String) throws -> DashTo {
        if let format = DashboardFormat(rawValue: text) { return .format(format) }
        guard let time = try? TimeArgument.read(text) else {
            throw ValidationError(
                "must be \(TimeExpression.allowed) (`purser help times`) or, with --export, \(DashboardFormat.allowed)"
            )
        }
        return .time(time)
    }
}

extension DashboardText.Layout: ExpressibleByArgument {}

/// Dashboards that are not the chat service's own screen: those of files, and those of a namespace.
extension DashCommand {
    /// The format of a frame; that for browsers is this command's own.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text
        case json
        case html
    }

    /// Whether the command is about a dashboard's body.
    var isOfBody: Bool {
        list || export || name != nil || namespace != nil
    }

    func validateBody() throws {
        if export, name == nil { throw ValidationError("--export needs the NAME of a dashboard") }
        if list, name != nil { throw ValidationError("--list takes no NAME") }
        if namespace != nil, name != nil { throw ValidationError("give either a NAME or --namespace") }
        try validateForm()
        switch to {
        case .time where export: throw ValidationError("with --export, --to takes \(DashboardFormat.allowed)")
        case .format(let format) where !export:
            throw ValidationError("--to \(format.rawValue) needs --export; without it, --to takes a time")
        default: break
        }
    }

    /// Returns the time range that the options name, if they name one, and the time as of which they ask.
    func range() throws -> (Range<Timestamp>?, at: Timestamp) {
        let now = Timestamp.now
        if let from, case .time(let to)? = to {
            let (start, end) = (from.time(now: now), to.time(now: now))
            guard start < end else { throw UsageError("--from must be before --to") }
            return (start..<end, asOf.at?.time(now: now) ?? end)
        }
        return (nil, asOf.at?.time(now: now) ?? now)
    }

    func runBody(_ session: Session) throws {
        let folder = session.dashboardFolder
        if list {
            let names = try folder.names()
            if format == .json { return show(DashboardJSON.list(names)) }
            if names.isEmpty { return say("purser: no dashboards in \(folder.place)") }
            return show(plain: names.joined(separator: "\n"))
        }
        guard let name else { return try drawNamespace(session) }
        let file = try folder.knownFile(name)
        if export { return try export(file, name: name, session) }
        let (body, faults) = try body(of: file, session)
        faults.forEach { say("purser: \($0)") }
        if let body {
            try draw(body, name: name, session)
        }
        if !faults.isEmpty { throw Exit.failed }
    }

    /// Writes the dashboard's file or its translation; a fault of the file is on stderr and fails the command.
    private func export(_ file: (path: String, text: String), name: String, _ session: Session) throws {
        let faults: [String]
        if case .format(let format)? = to {
            let (text, found, notes) = try format.text(
                of: file.text,
                file: file.path,
                name: name,
                parameters: try session.fileParameters().forDashboards,
                metrics: session.prometheusMetrics
            )
            notes.forEach { say("purser: \($0)") }
            show(text)
            faults = found
        } else {
            show(file: file.text)
            faults = try body(of: file, session).faults
        }
        faults.forEach { say("purser: \($0)") }
        if !faults.isEmpty { throw Exit.failed }
    }

    /// Returns the body in a file and the file's faults.
    func body(of file: (path: String, text: String), _ session: Session) throws -> (DashboardBody?, faults: [String]) {
        let parameters = try session.fileParameters().forDashboards
        let (body, faults) = DashboardBody.read(json: file.text, file: file.path, parameters: parameters)
        return (body, faults.map { "\($0)" })
    }

    private func drawNamespace(_ session: Session) throws {
        guard let namespace else { return }
        let body = try session.reader(try session.store(.existing)).body(ofNamespace: namespace)
        try draw(body, name: namespace, session)
    }

    private func draw(_ body: DashboardBody, name: String, _ session: Session) throws {
        let store = try session.store(.existing)
        let frame = try frame(body, name: name, session, store, try rules(session))
        switch format {
        case .json: show(DashboardJSON.value(frame))
        case .html: show(DashboardPage.html(frame, layout: layout ?? .list))
        case .text:
            show(DashboardText.render(frame, style: drawing.style(session.environment), layout: layout ?? .list))
        }
    }

    /// Returns the alarms that are watched. A namespace has none, and a parameter may be one of the dashboard alone.
    func rules(_ session: Session) throws -> AlarmRules {
        namespace == nil ? try session.rulesIfAny(checksParameters: !isOfBody) : AlarmRules()
    }

    /// Reads the frame of a body, of the time that the options name unless a `window` is given.
    func frame(
        _ body: DashboardBody,
        name: String,
        _ session: Session,
        _ store: Store,
        _ rules: AlarmRules,
        window: (Range<Timestamp>?, at: Timestamp)? = nil,
        isOfAskedMoment: Bool? = nil
    ) throws -> DashboardFrame {
        let (range, at) = try window ?? range()
        let last = (since?.seconds).map { at - $0..<at }
        return try session.frames(store, rules).dashboard(
            body,
            name: name,
            range: range ?? last,
            at: at,
            isOfAskedMoment: isOfAskedMoment ?? self.isOfAskedMoment,
            hasOnCall: self.name != nil
        )
    }

    /// Whether the options name the time as of which a frame is drawn.
    var isOfAskedMoment: Bool { asOf.at != nil || to != nil }
}

extension Session {
    /// Returns what builds the frames of a store.
    func frames(_ store: Store, _ rules: AlarmRules) throws -> DashFrames {
        DashFrames(
            reader: try reader(store),
            rules: rules,
            region: environment["AWS_REGION"],
            program: program
        )
    }
}
