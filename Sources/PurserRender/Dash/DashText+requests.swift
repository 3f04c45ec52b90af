import PurserCore

extension DashText {
    /// The requests to look at first, in a table; each takes two lines below 80 columns, and wherever a table would have to
    /// cut a cell.
    var requestLines: [Line] {
        guard !frame.worstRequests.isEmpty else { return [] }
        var heading = Line("WORST REQUESTS", .heading)
        heading.append("  failed, then slowest")
        let table = TextTable(
            [
                .init("TIME"), .init("REQUEST ID"), .init("MODEL"),
                .init("RESULT +RETRIES"), .init("TOTAL", .trailing),
                .init("IN", .trailing, dropRank: 2), .init("OUT", .trailing, dropRank: 3),
            ],
            rows: frame.worstRequests.map(cells)
        )
        if isStacked || !table.isWhole(width: width) { return [heading] + frame.worstRequests.flatMap(stacked) }
        return [heading] + table.lines(width: width)
    }

    /// The models' short names, by their ids; the ids themselves for models whose short names are the same.
    private var modelNames: [String: String] {
        let ids = Set(frame.worstRequests.map(\.modelId))
        let bearers = Dictionary(grouping: ids, by: Self.shortModel)
        return Dictionary(
            uniqueKeysWithValues: ids.map { id in
                let name = Self.shortModel(id)
                return (id, bearers[name]?.count == 1 ? name : id)
            }
        )
    }

    func cells(_ request: DashFrame.RequestLine) -> [String] {
        [
            NumberText.clock(request.time, seenFrom: frame.at, seconds: true),
            request.requestId,
            modelNames[request.modelId] ?? request.modelId,
            request.outcome + (request.retries > 0 ? " +\(request.retries)" : ""),
            request.latencyMilliseconds.map { NumberText.duration(seconds: Double($0) / 1000) }
                ?? (request.isRunning ? "running" : "-"),
            NumberText.count(Double(request.inputTokens)),
            NumberText.count(Double(request.outputTokens)),
        ]
    }

    /// Returns `nova-lite` for `us.amazon.nova-lite-v1:0`: without the geography, vendor, date and version, which the
    /// request's own page shows.
    static func shortModel(_ id: String) -> String {
        var parts = id.split(separator: ".").map(String.init)
        let geographies = ["us", "us-gov", "eu", "apac", "jp", "au", "ca", "global"]
        if parts.count > 1, geographies.contains(parts[0]) { parts.removeFirst() }
        if parts.count > 1 { parts.removeFirst() }
        var words = parts.joined(separator: ".").split(separator: "-")
        func isDigits(_ text: Substring) -> Bool { !text.isEmpty && text.utf8.allSatisfy { (48...58).contains($0) } }
        if words.count > 1, let last = words.last, last.hasPrefix("v"), isDigits(last.dropFirst()) {
            words.removeLast()
        }
        if words.count > 1, let last = words.last, last.count == 8, isDigits(last) { words.removeLast() }
        return words.joined(separator: "-")
    }

    private func stacked(_ request: DashFrame.RequestLine) -> [Line] {
        let cells = cells(request)
        let first = Line.flow([Line(cells[0]), Line(cells[1]), Line(cells[4])], width: width, indent: 2)
        let details = [Line("  " + cells[3]), Line(cells[2]), Line("in \(cells[5]) out \(cells[6])")]
        return first + Line.flow(details, width: width, indent: 2)
    }

    /// The commands to continue with; each is shown whole or not at all, because it is meant to be copied.
    var nextLines: [Line] {
        let fitting = nextCommands.filter(isPrintedWhole).map { Line($0) }
        guard !fitting.isEmpty else { return [] }
        var heading = Line("next:", .heading)
        if isStacked { return [heading] + fitting.map { $0.rightAligned(in: $0.width + nextIndent) } }
        heading.append(" ")
        heading.append(fitting.first ?? Line())
        return Line.flow([heading] + fitting.dropFirst(), width: width, separator: "   ", indent: nextIndent)
    }

    var nextCommands: [String] {
        let program = frame.program
        if let later = frame.laterData { return [laterCommand(later)] }
        if verdict.isEmpty { return ["\(program) demo", "\(program) evaluate"] }
        var commands: [String] = []
        let moment = frame.isOfAskedMoment ? " --at \(frame.at.floored(toSeconds: 1))" : ""
        if needsEvaluation { commands.append("\(program) evaluate\(frame.isAheadOfClock ? "" : moment)") }
        if frame.failedNotifications > 0 { commands.append("\(program) alarms retry") }
        if let worst = frame.worstRequests.first {
            commands.append("\(program) requests --id " + Self.quoted(worst.requestId))
        }
        if let first = verdict.alarms.first {
            let name = Self.quoted(first.name)
            commands += (first.runbook == nil ? ["show"] : ["runbook", "show"]).map {
                "\(program) alarms \($0) \(name)"
            }
        }
        commands.append("\(program) cost" + (frame.isOfAskedMoment ? " --month \(frame.cost.month)" : ""))
        return commands
    }

    /// Whether an evaluation would make the states newer. One that is ahead of the clock by less than an hour is waited
    /// for, and the alarms of a time that is still to come are not evaluated.
    private var needsEvaluation: Bool {
        switch verdict.evaluation {
        case .fresh: false
        case .stale: !frame.isAheadOfClock
        case .ahead: frame.evaluatedAt.map { $0 - frame.at > EvaluationRun.longestWait } ?? false
        case .never: !verdict.isEvaluatedLater
        }
    }

    private var nextIndent: Int { isStacked ? 2 : 6 }

    func isPrintedWhole(_ command: String) -> Bool {
        let isChanged = style.symbols == .ascii && TerminalText.ascii(command) != command
        return !isChanged && TerminalText.width(of: command) <= width - nextIndent
    }

    /// Returns a name as one word of a command; one that begins with a dash is quoted too, so that it is not taken for
    /// an option.
    static func quoted(_ name: String) -> String {
        let clean = TerminalText.sanitized(name)
        return clean.hasPrefix("-") ? "'" + clean.replacing("'", with: "'\\''") + "'" : ShellWord.quoted(clean)
    }
}
