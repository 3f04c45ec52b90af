/// The declarations of a Swift file, and the names that it uses.
///
/// It compares only words and does not know types: a use of a name counts for everything with that name. Functions and
/// initializers are told apart by their parameters.
struct SwiftFile {
    struct Declaration {
        /// `func`, `init`, `deinit`, `subscript`, `var`, `let`, `case`, `struct`, `enum`, `class`, `protocol`, `typealias`.
        var keyword: String
        /// An initializer has the name of its type.
        var name: String
        /// Nil if it cannot be called, or if any arguments fit.
        var parameters: [Parameter]?
        var line: Int
        /// The number of lines from its `{` to its `}`, both included; 0 if it has no body.
        var bodyLines = 0
    }

    struct Parameter {
        var label: String
        /// Whether it has a default or is a closure, which may follow the call.
        var isOptional = false
    }

    /// How a name is used: in a call with these labels (`_` for none), as an argument's label, or in any other way.
    enum Use: Hashable {
        case call([String])
        case label
        case name
    }

    /// The name used for all operators.
    static let anOperator = "operator"

    let declarations: [Declaration]
    let uses: [String: Set<Use>]

    init(_ text: String) {
        var reader = SwiftReader(SwiftLexer.tokens(text))
        reader.read()
        declarations = reader.declarations
        uses = reader.uses
    }
}

extension SwiftFile.Declaration {
    /// The name with its labels: `sign(_:at:)`, `init(path:)`.
    var title: String {
        let labels = (parameters ?? []).map { $0.label + ":" }.joined()
        return (keyword == "init" ? "init" : name) + (parameters == nil ? "" : "(\(labels))")
    }

    /// Whether one of the uses may be a use of this declaration.
    func isUsed(in uses: [String: Set<SwiftFile.Use>]) -> Bool {
        switch (keyword, name) {
        case ("deinit", _), ("subscript", _), (_, SwiftFile.anOperator): true
        case ("init", _):
            uses[name + ".init"] != nil
                || [name, "Self", "init"].contains { uses[$0, default: []].contains { fits($0, mayBeNamed: false) } }
        default: uses[name, default: []].contains { fits($0, mayBeNamed: true) }
        }
    }

    private func fits(_ use: SwiftFile.Use, mayBeNamed: Bool) -> Bool {
        guard case .call(var labels) = use else { return use == .name && mayBeNamed }
        guard let parameters else { return true }
        for parameter in parameters {
            if labels.first == parameter.label {
                labels.removeFirst()
            } else if !parameter.isOptional {
                return false
            }
        }
        return labels.isEmpty
    }
}
