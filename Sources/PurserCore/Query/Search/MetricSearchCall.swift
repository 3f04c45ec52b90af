/// A call of SEARCH in an expression: `SEARCH('{Namespace,Dimension} term', 'Average', 300)`.
package struct MetricSearchCall: Sendable, Equatable {
    /// The id that takes the call's place in the expression; its value is an array with a series for each match.
    package let id: String
    /// The call as it was written.
    let text: String
    let search: MetricSearch
    let statistic: Statistic
    /// Seconds; nil means the period of what the expression is drawn or computed with.
    package private(set) var period: Int?

    /// Returns the call with another period.
    package func with(period: Int) -> MetricSearchCall {
        var call = self
        call.period = period
        return call
    }

    /// Replaces the calls in an expression by ids, padded so that the columns of what follows stay the same.
    ///
    /// - Parameters:
    ///   - count: How many calls there are before this expression; it is increased.
    ///   - taken: Texts that may use ids of their own.
    package static func extract(
        from text: String,
        count: inout Int,
        taken: [String]
    ) throws(ExpressionError) -> (plain: String, calls: [MetricSearchCall]) {
        guard text.contains("SEARCH") else { return (text, []) }
        var scanner = Scanner(text)
        var calls: [MetricSearchCall] = []
        var plain = ""
        while let piece = try scanner.piece() {
            switch piece {
            case .text(let text): plain += text
            case .call(let written, let search, let statistic, let period):
                var id = ""
                repeat {
                    count += 1
                    id = "search\(count)"
                } while taken.contains { $0.contains(id) }
                calls.append(
                    MetricSearchCall(id: id, text: written, search: search, statistic: statistic, period: period)
                )
                plain += id + String(repeating: " ", count: max(0, written.count - id.count))
            }
        }
        return (plain, calls)
    }

    private enum Piece {
        case text(String)
        case call(String, MetricSearch, Statistic, period: Int?)
    }

    /// Splits an expression into its calls of SEARCH and the text between them.
    private struct Scanner {
        private let text: [Character]
        private var position = 0

        init(_ text: String) {
            self.text = Array(text)
        }

        mutating func piece() throws(ExpressionError) -> Piece? {
            guard position < text.count else { return nil }
            let start = position
            if isCall(at: position) { return try call() }
            while position < text.count, !isCall(at: position) {
                if MetricMathLexer.quotes.contains(text[position]), let end = closingQuote(from: position) {
                    position = end
                }
                position += 1
            }
            return .text(String(text[start..<position]))
        }

        private func isCall(at index: Int) -> Bool {
            guard text[index...].starts(with: "SEARCH") else { return false }
            if index > 0, text[index - 1].isLetter || text[index - 1].isNumber || text[index - 1] == "_" {
                return false
            }
            return text[(index + 6)...].first { !$0.isWhitespace } == "("
        }

        private func closingQuote(from index: Int) -> Int? {
            text[(index + 1)...].firstIndex(of: text[index])
        }

        private mutating func call() throws(ExpressionError) -> Piece {
            let start = position
            position += 6
            try expect("(")
            let (query, column) = try string("the search, such as '{Namespace,Dimension} term',")
            let search: MetricSearch
            do throws(ExpressionError) {
                search = try MetricSearch(query)
            } catch {
                throw ExpressionError(column: column + error.column, error.message)
            }
            try expect(",")
            let (name, place) = try string("a statistic, such as 'Average',")
            guard let statistic = Statistic(name) else {
                throw ExpressionError(column: place, "`\(name)` is not a statistic; allowed: \(Statistic.allowed)")
            }
            var period: Int?
            skipSpace()
            if next == "," {
                position += 1
                period = try self.period()
            }
            try expect(")")
            return .call(String(text[start..<position]), search, statistic, period: period)
        }

        private mutating func period() throws(ExpressionError) -> Int {
            skipSpace()
            let start = position
            while let next, next.isASCII, next.isNumber { position += 1 }
            guard let period = Int(String(text[start..<position])), MetricDataRequest.isPeriod(period) else {
                throw ExpressionError(
                    column: start + 1,
                    "argument 3 of SEARCH must be a period: \(MetricDataRequest.allowedPeriods)"
                )
            }
            return period
        }

        private mutating func string(_ what: String) throws(ExpressionError) -> (String, column: Int) {
            skipSpace()
            guard let quote = next, MetricMathLexer.quotes.contains(quote) else {
                throw ExpressionError(column: position + 1, "\(what) is expected in single quotes")
            }
            guard let end = closingQuote(from: position) else {
                throw ExpressionError(column: position + 1, "the string has no closing `\(quote)`")
            }
            defer { position = end + 1 }
            return (String(text[position + 1..<end]), position + 1)
        }

        private mutating func expect(_ character: Character) throws(ExpressionError) {
            skipSpace()
            guard next == character else {
                let form = "SEARCH('{Namespace,Dimension} term', 'Average', 300)"
                throw ExpressionError(column: position + 1, "`\(character)` is expected, as in \(form)")
            }
            position += 1
        }

        private mutating func skipSpace() {
            while let next, next.isWhitespace { position += 1 }
        }

        private var next: Character? {
            position < text.count ? text[position] : nil
        }
    }
}
