/// The rule of a composite alarm: CloudWatch's AlarmRule.
///
/// `TRUE`, `FALSE`, `ALARM(name)`, `OK(name)`, `INSUFFICIENT_DATA(name)`, `NOT`, `AND`, `OR`, parentheses, and
/// `AT_LEAST(2, ALARM, (a, b, c))` with a number or a percentage. `NOT` binds more tightly than `AND`, and `AND` more
/// tightly than `OR`. Names may be ARNs, and must be quoted if they contain spaces, brackets or commas.
package struct CompositeExpression: Sendable, Equatable {
    /// The rule as it was written.
    package let text: String
    let root: CompositeNode

    /// The longest rule that CloudWatch accepts.
    package static let longest = 10_240
    /// How many alarms a rule may name.
    package static let mostAlarms = 100

    /// Reads a rule; the error says where it is wrong and what was expected there.
    package static func parse(_ text: String) throws(ExpressionError) -> CompositeExpression {
        guard text.utf16.count <= longest else {
            throw ExpressionError(column: longest + 1, "a rule may have at most \(longest) characters")
        }
        var parser = try CompositeParser(text)
        let expression = CompositeExpression(text: text, root: try parser.wholeRule())
        guard expression.names.count <= mostAlarms else {
            let count = expression.names.count
            throw ExpressionError(column: 1, "names \(count) alarms; at most \(mostAlarms) are allowed")
        }
        return expression
    }

    /// The names of the alarms in the rule, each once, in the order of their first use; for an ARN, the name in it.
    package var names: [String] {
        var found: [String] = []
        root.visit { if !found.contains($0) { found.append($0) } }
        return found
    }

    /// Whether the rule holds; an alarm that `state` does not know counts as INSUFFICIENT_DATA.
    package func isTrue(_ state: (String) -> AlarmState?) -> Bool {
        root.isTrue(state)
    }
}

/// A node of a rule's tree.
indirect enum CompositeNode: Sendable, Equatable {
    /// How many of the alarms in AT_LEAST are needed.
    enum Quorum: Sendable, Equatable {
        case count(Int)
        case percent(Int)
    }

    case constant(Bool)
    case state(AlarmState, name: String)
    case not(CompositeNode)
    case and(CompositeNode, CompositeNode)
    case or(CompositeNode, CompositeNode)
    case atLeast(Quorum, AlarmState, isNegated: Bool, names: [String])

    func isTrue(_ state: (String) -> AlarmState?) -> Bool {
        switch self {
        case .constant(let value): value
        case .state(let wanted, let name): (state(name) ?? .insufficientData) == wanted
        case .not(let inner): !inner.isTrue(state)
        case .and(let a, let b): a.isTrue(state) && b.isTrue(state)
        case .or(let a, let b): a.isTrue(state) || b.isTrue(state)
        case .atLeast(let quorum, let wanted, let isNegated, let names):
            isReached(
                quorum,
                names.count { ((state($0) ?? .insufficientData) == wanted) != isNegated },
                of: names.count
            )
        }
    }

    private func isReached(_ quorum: Quorum, _ count: Int, of all: Int) -> Bool {
        switch quorum {
        case .count(let needed): count >= needed
        case .percent(let percent): count * 100 >= percent * all
        }
    }

    func visit(_ visit: (String) -> Void) {
        switch self {
        case .constant: break
        case .state(_, let name): visit(name)
        case .not(let inner): inner.visit(visit)
        case .and(let a, let b), .or(let a, let b):
            a.visit(visit)
            b.visit(visit)
        case .atLeast(_, _, _, let names): names.forEach(visit)
        }
    }
}
