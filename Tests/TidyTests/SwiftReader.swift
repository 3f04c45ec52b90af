/// Reads declarations and uses from the tokens of a file.
struct SwiftReader {
    private static let types: Set<String> = ["struct", "enum", "class", "protocol", "actor", "extension"]

    private let tokens: [SwiftToken]
    private var position = 0
    /// The enclosing types, innermost last; nil for every other `{`.
    private var scopes: [String?] = []
    private var opening: String?
    private(set) var declarations: [SwiftFile.Declaration] = []
    private(set) var uses: [String: Set<SwiftFile.Use>] = [:]

    init(_ tokens: [SwiftToken]) {
        self.tokens = tokens
    }

    private func text(_ index: Int) -> String {
        tokens.indices.contains(index) ? tokens[index].text : ""
    }

    mutating func read() {
        while position < tokens.count {
            let here = text(position)
            let next = text(position + 1)
            switch here {
            case "{":
                scopes.append(opening)
                opening = nil
            case "}": _ = scopes.popLast()
            case _ where Self.types.contains(here) && text(position - 1) != "." && isName(next): readType()
            case "func" where isName(next):
                declare(name: next, parametersAt: afterGenerics(position + 2))
                position += 1
            case "func":
                declare(name: SwiftFile.anOperator, parametersAt: tokens[position...].firstIndex { $0.text == "(" })
            case "init" where text(position - 1) != "." && ["(", "<", "?"].contains(next):
                let type = scopes.last { $0 != nil } ?? nil
                declare(name: type ?? "Array", parametersAt: afterGenerics(position + (next == "?" ? 2 : 1)))
            case "deinit", "subscript": declare(name: here, parametersAt: nil)
            case "var", "let", "typealias", "associatedtype":
                if isName(next) {
                    // A value bound by a condition is a local name that the compiler checks.
                    if !["if", "guard", "while", "case", ","].contains(text(position - 1)) {
                        declare(name: next, parametersAt: nil)
                    }
                    position += 1
                }
            case "case" where (scopes.last ?? nil) != nil && isName(next): readCases()
            default:
                if tokens[position].isWord { use(here) }
            }
            position += 1
        }
    }

    private func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return false }
        return SwiftLexer.isWord(first)
    }

    private mutating func readType() {
        let keyword = text(position)
        position += 1
        var name = text(position)
        if keyword == "extension" {
            while text(position + 1) == ".", isName(text(position + 2)) {
                position += 2
                name = text(position)
            }
        } else {
            declarations.append(.init(keyword: keyword, name: name, line: tokens[position].line))
        }
        opening = name
    }

    private mutating func readCases() {
        repeat {
            position += 1
            declarations.append(.init(keyword: "case", name: text(position), line: tokens[position].line))
            if text(position + 1) == "(" { position = closing(position + 1) }
            if text(position + 1) == "=" { position += 2 }
            position += 1
        } while text(position) == ","
        position -= 1
    }

    private mutating func declare(name: String, parametersAt start: Int?) {
        let isCallable = start.map { text($0) == "(" } ?? false
        declarations.append(
            .init(
                keyword: text(position),
                name: name,
                parameters: isCallable ? start.flatMap(parameters) : nil,
                line: tokens[position].line,
                bodyLines: bodyLines(from: start ?? position + 1)
            )
        )
    }

    private mutating func use(_ name: String) {
        switch text(position + 1) {
        case "(": uses[name, default: []].insert(.call(labels(position + 1)))
        case "{": uses[name, default: []].formUnion([.call([]), .name])
        case ":" where ["(", ","].contains(text(position - 1)): uses[name, default: []].insert(.label)
        default:
            let key = name == "init" && text(position - 1) == "." ? text(position - 2) + ".init" : name
            uses[key, default: []].insert(.name)
        }
        if text(position + 1) == "]", text(position + 2) == "(" {
            uses["Array", default: []].insert(.call(labels(position + 2)))
        }
    }
}

extension SwiftReader {
    private static let open: Set<String> = ["(", "[", "{"]
    private static let close: Set<String> = [")", "]", "}"]

    /// Returns the index of the mark that closes the one at `start`.
    private func closing(_ start: Int) -> Int {
        var depth = 0
        for index in start..<tokens.count {
            if Self.open.contains(tokens[index].text) { depth += 1 }
            if Self.close.contains(tokens[index].text) { depth -= 1 }
            if depth == 0 { return index }
        }
        return tokens.count - 1
    }

    private func afterGenerics(_ start: Int) -> Int {
        guard text(start) == "<" else { return start }
        var (depth, index) = (0, start)
        repeat {
            if text(index) == "<" { depth += 1 }
            if text(index) == ">", text(index - 1) != "-" { depth -= 1 }
            index += 1
        } while depth > 0 && index < tokens.count
        return index
    }

    /// Returns the index ranges that the commas between two brackets separate.
    private func parts(_ start: Int, inGenerics: Bool) -> [Range<Int>] {
        let end = closing(start)
        var (found, depth, first) = ([Range<Int>](), 0, start + 1)
        for index in start + 1..<end {
            let text = tokens[index].text
            if Self.open.contains(text) || inGenerics && text == "<" { depth += 1 }
            if Self.close.contains(text) || inGenerics && text == ">" && self.text(index - 1) != "-" { depth -= 1 }
            guard depth == 0, text == "," else { continue }
            found.append(first..<index)
            first = index + 1
        }
        return first < end ? found + [first..<end] : found
    }

    /// Returns a call's labels.
    private func labels(_ start: Int) -> [String] {
        parts(start, inGenerics: false).map { part in
            isName(text(part.lowerBound)) && text(part.lowerBound + 1) == ":" ? text(part.lowerBound) : "_"
        }
    }

    /// Returns a declaration's parameters; nil if one of them accepts any number of values.
    private func parameters(_ start: Int) -> [SwiftFile.Parameter]? {
        var found: [SwiftFile.Parameter] = []
        for part in parts(start, inGenerics: true) {
            var parameter = SwiftFile.Parameter(label: text(part.lowerBound))
            for index in part {
                let (mark, last) = (text(index), text(index - 1))
                if mark == "=" || mark == ">" && last == "-" { parameter.isOptional = true }
                if mark == ".", last == ".", text(index - 2) == ".", !parameter.isOptional { return nil }
            }
            found.append(parameter)
        }
        return found
    }

    /// Returns the number of lines in the body of the declaration at the current position, whose parameters or type
    /// begin at `start`.
    private func bodyLines(from start: Int) -> Int {
        // A property's `{` is on the line of its type; a function's may be on a later line.
        let isInLine = text(position) == "var"
        var index = start
        while index < tokens.count, !(isInLine && tokens[index].line > tokens[index - 1].line) {
            switch text(index) {
            case "{": return tokens[closing(index)].line - tokens[index].line + 1
            case "(", "[": index = closing(index)
            case "=", "}", "let", "func", "var", "init", "case", "subscript", "static": return 0
            default: break
            }
            index += 1
        }
        return 0
    }
}
