/// A fault in one line of a test file.
struct AlarmTestFault: Error {
    var column: Int
    var message: String

    init(_ column: Int, _ message: String) {
        self.column = column
        self.message = message
    }
}

/// The words of one line of a test file.
struct AlarmTestLine {
    struct Word: Equatable {
        enum Kind: Equatable {
            case plain
            /// A word in quotation marks, which are removed.
            case quoted
            /// Text in braces, which are removed.
            case braces
            case comma
        }

        var kind: Kind
        var text: String
        var column: Int
    }

    private(set) var words: [Word] = []
    /// One past the last character.
    let end: Int

    /// Splits a line; a `#` outside of quotation marks begins a comment.
    init(_ text: some StringProtocol) throws(AlarmTestFault) {
        let characters = Array(text)
        end = characters.count + 1
        var index = 0
        while index < characters.count {
            switch characters[index] {
            case " ", "\t", "\r": index += 1
            case "#": return
            case ",":
                words.append(Word(kind: .comma, text: ",", column: index + 1))
                index += 1
            case "\"": try quoted(characters, &index)
            case "{":
                let start = index + 1
                guard let close = Self.close(characters, from: start) else {
                    throw AlarmTestFault(start, "`{` is never closed; allowed: {Name=Value, Name=Value}")
                }
                words.append(Word(kind: .braces, text: String(characters[start..<close]), column: start))
                index = close + 1
            default: plain(characters, &index)
            }
        }
    }

    private mutating func plain(_ characters: [Character], _ index: inout Int) {
        let start = index
        while index < characters.count, ![" ", "\t", "\r", "#", "{", "\""].contains(characters[index]) { index += 1 }
        // Commas separate the samples of a slot and, at a word's end, the moments of a list.
        while index > start + 1, characters[index - 1] == "," { index -= 1 }
        words.append(Word(kind: .plain, text: String(characters[start..<index]), column: start + 1))
    }

    private mutating func quoted(_ characters: [Character], _ index: inout Int) throws(AlarmTestFault) {
        let start = index
        var text = ""
        index += 1
        while index < characters.count, characters[index] != "\"" {
            if characters[index] == "\\", index + 1 < characters.count { index += 1 }
            text.append(characters[index])
            index += 1
        }
        guard index < characters.count else { throw AlarmTestFault(start + 1, "the quotation mark is never closed") }
        index += 1
        words.append(Word(kind: .quoted, text: text, column: start + 1))
    }

    private static func close(_ characters: [Character], from start: Int) -> Int? {
        var isQuoted = false
        for index in start..<max(start, characters.count) {
            if characters[index] == "\"" { isQuoted.toggle() }
            if characters[index] == "}", !isQuoted { return index }
        }
        return nil
    }

    // MARK: Reading from the front

    var isAtEnd: Bool { words.isEmpty }
    var column: Int { words.first?.column ?? end }

    /// Removes and returns the next word, of any kind; if there is none, the error says that `what` is missing.
    mutating func next(_ what: String) throws(AlarmTestFault) -> Word {
        guard let word = words.first else { throw AlarmTestFault(end, "\(what) is missing") }
        words.removeFirst()
        return word
    }

    /// Removes and returns the next word, plain or in quotation marks.
    mutating func name(_ what: String) throws(AlarmTestFault) -> Word {
        let word = try next(what)
        guard word.kind == .plain || word.kind == .quoted, !word.text.isEmpty else {
            throw AlarmTestFault(word.column, "`\(word.text)` is not allowed; allowed: \(what)")
        }
        return word
    }

    mutating func skipComma() -> Bool {
        guard words.first?.kind == .comma else { return false }
        words.removeFirst()
        return true
    }

    func expectEnd() throws(AlarmTestFault) {
        guard let word = words.first else { return }
        throw AlarmTestFault(word.column, "`\(word.text)` is unexpected; the line must end here")
    }
}
