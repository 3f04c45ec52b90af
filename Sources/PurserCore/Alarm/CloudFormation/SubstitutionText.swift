/// The string of Fn::Sub: text, `${Name}`, and `${!Literal}`, which stands for `${Literal}`.
enum SubstitutionText {
    enum Piece: Equatable {
        case text(String)
        case name(String)

        var name: String? {
            if case .name(let name) = self { name } else { nil }
        }
    }

    static func pieces(of text: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = text[...]
        while let start = rest.firstRange(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            let name = rest[start.upperBound..<end]
            if start.lowerBound > rest.startIndex { pieces.append(.text(String(rest[..<start.lowerBound]))) }
            pieces.append(name.hasPrefix("!") ? .text("${\(name.dropFirst())}") : .name(name.trimmingSpaces()))
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        return pieces
    }
}

extension Substring {
    /// Returns the text without leading and trailing spaces.
    func trimmingSpaces() -> String {
        var text = drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
