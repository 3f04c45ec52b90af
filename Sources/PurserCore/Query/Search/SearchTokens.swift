/// The parts of a name that a search term is compared with.
///
/// A new part begins at an inner capital, at the first of several digits and at the first letter after them. Any other
/// character separates two parts: `Project2-trial333` has the parts `Project`, `2`, `trial` and `333`.
struct SearchTokens: Sendable, Equatable {
    /// In the order and the case of the name.
    let parts: [String]
    /// Whether characters other than letters and digits separate parts.
    let hasSeparators: Bool

    private enum Kind {
        case upper, lower, digit
    }

    init(_ text: String) {
        var parts: [String] = []
        var part = ""
        var hasSeparators = false
        var previous: Kind?
        func close() {
            if !part.isEmpty { parts.append(part) }
            part = ""
        }
        for character in text {
            guard let kind = Self.kind(of: character) else {
                close()
                hasSeparators = hasSeparators || previous != nil
                previous = nil
                continue
            }
            switch (previous, kind) {
            case (.upper?, .lower) where part.count > 1:
                // The last capital of several begins the next word: SDBFailure is SDB and Failure.
                let last = part.removeLast()
                close()
                part.append(last)
            case (.upper?, .upper), (.upper?, .lower), (.lower?, .lower), (.digit?, .digit), (nil, _): break
            default: close()
            }
            part.append(character)
            previous = kind
        }
        close()
        self.parts = parts
        self.hasSeparators = hasSeparators
    }

    private static func kind(of character: Character) -> Kind? {
        if character.isNumber { return .digit }
        guard character.isLetter else { return nil }
        return character.isUppercase ? .upper : .lower
    }

    /// Returns whether a name's tokens include those of a search term.
    ///
    /// A term of one part is compared with each part of the name, and with all of them together, in any case. A term of
    /// several parts is compared with as many that follow each other in the name; the case matters unless the term
    /// separates them with another character.
    func include(_ term: SearchTokens) -> Bool {
        guard let first = term.parts.first else { return false }
        if term.parts.count == 1 {
            let wanted = first.lowercased()
            return parts.contains { $0.lowercased() == wanted } || parts.joined().lowercased() == wanted
        }
        guard parts.count >= term.parts.count else { return false }
        return (0...parts.count - term.parts.count).contains { start in
            zip(parts[start...], term.parts).allSatisfy { part, wanted in
                term.hasSeparators ? part.lowercased() == wanted.lowercased() : part == wanted
            }
        }
    }
}
