extension AlarmTest {
    /// Reads a test file; throws all its faults, each with line and column. docs/alarm-tests.md describes the notation.
    package static func read(_ text: String, file: String) throws(Diagnostics) -> [AlarmTest] {
        var parser = AlarmTestParser(file: file)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            parser.read(line, number: index + 1)
        }
        return try parser.finish()
    }
}

/// Reads a test file line by line.
private struct AlarmTestParser {
    private let file: String
    private var tests: [AlarmTest] = []
    private var faults: [Diagnostic] = []
    private var line = 0

    private static let statements = "test, start, step, until, series, expect, tells, changes, told"
    private static let states = "OK, ALARM, INSUFFICIENT_DATA"

    init(file: String) {
        self.file = file
    }

    mutating func read(_ text: Substring, number: Int) {
        line = number
        do throws(AlarmTestFault) {
            var words = try AlarmTestLine(text)
            if words.isAtEnd { return }
            try statement(&words)
            try words.expectEnd()
        } catch {
            fault(line, error.column, error.message)
        }
    }

    consuming func finish() throws(Diagnostics) -> [AlarmTest] {
        for test in tests {
            if test.expectations.isEmpty {
                fault(test.line, 1, "the test `\(test.name)` has no expectation; allowed: expect, tells, changes, told")
            }
            if test.endSeconds > AlarmTest.longestSeconds {
                fault(test.line, 1, "the test `\(test.name)` lasts longer than 31 days")
            }
        }
        if tests.isEmpty && faults.isEmpty { fault(1, 1, "there is no test in this file") }
        guard faults.isEmpty else { throw Diagnostics(faults) }
        return tests
    }

    private mutating func fault(_ line: Int, _ column: Int, _ message: String) {
        faults.append(Diagnostic(file: "\(file):\(line):\(column)", message))
    }

    private mutating func statement(_ words: inout AlarmTestLine) throws(AlarmTestFault) {
        let keyword = try words.next("a statement")
        if keyword.kind == .plain, keyword.text == "test" { return try begin(&words) }
        guard keyword.kind == .plain,
            ["start", "step", "until", "series", "expect", "tells", "changes", "told"].contains(keyword.text)
        else {
            throw AlarmTestFault(keyword.column, "`\(keyword.text)` is not a statement; allowed: \(Self.statements)")
        }
        guard var test = tests.popLast() else {
            throw AlarmTestFault(keyword.column, "`\(keyword.text)` is before the first `test \"name\"`")
        }
        // The valid parts of a test are kept, so that one fault does not cause others.
        defer { tests.append(test) }
        switch keyword.text {
        case "start": test.start = try start(&words)
        case "step": test.step = try length(&words, "a length of time such as 10s or 1m", most: 86_400)
        case "until": test.until = try moment(&words)
        case "series": try series(&words, &test)
        default: test.expectations.append(try expectation(keyword, &words))
        }
    }

    private mutating func begin(_ words: inout AlarmTestLine) throws(AlarmTestFault) {
        let name = try words.next("the test's name in quotation marks")
        guard name.kind == .quoted, !name.text.isEmpty else {
            throw AlarmTestFault(name.column, "`\(name.text)` is not allowed; allowed: a name in quotation marks")
        }
        if let other = tests.first(where: { $0.name == name.text }) {
            throw AlarmTestFault(name.column, "the test `\(name.text)` is already on line \(other.line)")
        }
        tests.append(AlarmTest(file: file, line: line, name: name.text))
    }

    private func start(_ words: inout AlarmTestLine) throws(AlarmTestFault) -> Timestamp {
        let word = try words.name("a time such as 2026-11-24T12:00:00Z")
        guard let time = Timestamp(iso8601: word.text), time == time.floored(toSeconds: 60),
            (1970..<2200).contains(time.fields.year)
        else {
            let hint = "allowed: a whole minute in ISO 8601, from 1970 to 2199, such as 2026-11-24T12:00:00Z"
            throw AlarmTestFault(word.column, "`\(word.text)` is not allowed; \(hint)")
        }
        return time
    }

    private func length(_ words: inout AlarmTestLine, _ what: String, most: Int) throws(AlarmTestFault) -> Int {
        let word = try words.name(what)
        guard let seconds = AlarmTestTime.seconds(word.text), seconds % 10 == 0, (10...most).contains(seconds) else {
            throw AlarmTestFault(word.column, "`\(word.text)` is not allowed; allowed: \(what), in multiples of 10 s")
        }
        return seconds
    }

    private func moment(_ words: inout AlarmTestLine) throws(AlarmTestFault) -> Int {
        let word = try words.name("a time after the start such as +8m")
        guard word.text.hasPrefix("+"), let seconds = AlarmTestTime.seconds(word.text.dropFirst()),
            seconds % 10 == 0, seconds <= AlarmTest.longestSeconds
        else {
            let hint = "allowed: a time after the start such as +8m, +1h30m or +20s, in multiples of 10 s, up to +31d"
            throw AlarmTestFault(word.column, "`\(word.text)` is not allowed; \(hint)")
        }
        return seconds
    }

    private func state(_ words: inout AlarmTestLine) throws(AlarmTestFault) -> AlarmState {
        let word = try words.name("a state (\(Self.states))")
        guard let state = AlarmState(rawValue: word.text) else {
            throw AlarmTestFault(word.column, "`\(word.text)` is not a state; allowed: \(Self.states)")
        }
        return state
    }

    private func expectation(
        _ keyword: AlarmTestLine.Word,
        _ words: inout AlarmTestLine
    ) throws(AlarmTestFault) -> AlarmTest.Expectation {
        let isList = keyword.text == "changes" || keyword.text == "told"
        let after = isList ? 0 : try moment(&words)
        let name = try words.name("an alarm's name")
        let kind: AlarmTest.Expectation.Kind
        switch keyword.text {
        case "changes": kind = .changes(try moments(&words))
        case "told": kind = .told(try moments(&words))
        case "tells": kind = .tells(.init(after: after, state: try state(&words)))
        default: kind = .state(.init(after: after, state: try state(&words)), reason: try reason(&words))
        }
        return AlarmTest.Expectation(place: .init(line: line, column: name.column), alarm: name.text, kind: kind)
    }

    private func reason(_ words: inout AlarmTestLine) throws(AlarmTestFault) -> String? {
        if words.isAtEnd { return nil }
        let column = words.column
        guard try words.next("reason").text == "reason" else {
            throw AlarmTestFault(column, "the line must end here, or continue with reason \"TEXT\"")
        }
        return try words.name("the beginning of the reason, in quotation marks").text
    }

    /// Reads `+7m ALARM, +13m OK` or `none`.
    private func moments(_ words: inout AlarmTestLine) throws(AlarmTestFault) -> [AlarmTest.Moment] {
        if words.words.first?.text == "none" {
            _ = try words.next("none")
            return []
        }
        var moments: [AlarmTest.Moment] = []
        repeat {
            let column = words.column
            let after = try moment(&words)
            guard after > moments.last?.after ?? 0 else {
                throw AlarmTestFault(column, "the moments must be in ascending order, after +0m")
            }
            moments.append(.init(after: after, state: try state(&words)))
        } while words.skipComma()
        return moments
    }
}

extension AlarmTestParser {
    private func series(_ words: inout AlarmTestLine, _ test: inout AlarmTest) throws(AlarmTestFault) {
        let place = AlarmTestPlace(line: line, column: words.column)
        let namespace = try words.name("a namespace").text
        let name = try words.name("a metric's name").text
        var unit = MetricUnit.none
        var dimensions: [Dimension] = []
        while let word = words.words.first, word.kind == .braces || word.text.hasPrefix("unit=") {
            _ = try words.next("a unit")
            if word.kind == .braces {
                dimensions += try self.dimensions(word)
                continue
            }
            guard let found = MetricUnit(rawValue: String(word.text.dropFirst(5))) else {
                let allowed = MetricUnit.allCases.map(\.rawValue).joined(separator: ", ")
                throw AlarmTestFault(word.column, "`\(word.text)` is not a unit; allowed: \(allowed)")
            }
            unit = found
        }
        let series = Series(Metric(namespace: namespace, name: name, dimensions: dimensions), unit: unit)
        if let other = test.recordings.first(where: { $0.series == series }) {
            throw AlarmTestFault(place.column, "the series is already on line \(other.place.line)")
        }
        var slots: [Distribution?] = []
        repeat {
            slots += try AlarmTestValues.slots(try words.next("a value"))
        } while !words.isAtEnd && slots.count <= AlarmTestValues.most
        guard slots.count <= AlarmTestValues.most else {
            throw AlarmTestFault(place.column, "more than \(AlarmTestValues.most) slots")
        }
        test.recordings.append(.init(place: place, series: series, slots: slots))
    }

    /// Reads `TenantId=acme, Name="a, b"`.
    private func dimensions(_ word: AlarmTestLine.Word) throws(AlarmTestFault) -> [Dimension] {
        var dimensions: [Dimension] = []
        for part in Self.parts(word.text) {
            let text = part.filter { $0 != "\"" }
            guard let equals = text.firstIndex(of: "="), equals > text.startIndex,
                text.index(after: equals) < text.endIndex
            else {
                let hint = "`\(part)` is not a dimension; allowed: {Name=Value, Name=\"a value, quoted\"}"
                throw AlarmTestFault(word.column, hint)
            }
            let dimension = Dimension(String(text[..<equals]), String(text[text.index(after: equals)...]))
            guard !dimensions.contains(where: { $0.name == dimension.name }) else {
                throw AlarmTestFault(word.column, "the dimension `\(dimension.name)` is given twice")
            }
            dimensions.append(dimension)
        }
        return dimensions
    }

    /// Splits a text at the commas outside of quotation marks and removes the spaces there.
    private static func parts(_ text: String) -> [String] {
        var parts = [""]
        var isQuoted = false
        for character in text {
            if character == "\"" { isQuoted.toggle() }
            if character == ",", !isQuoted {
                parts.append("")
            } else if isQuoted || !character.isWhitespace {
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }
}
