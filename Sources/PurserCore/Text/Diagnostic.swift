/// A fault in something a person wrote: where it is, what is wrong, and what is allowed.
public struct Diagnostic: Sendable, Equatable, CustomStringConvertible {
    /// The file's path, with the line if there is one: `prices/bedrock.csv:12`.
    public var file: String
    /// The key or column at fault; nil if the whole file is meant.
    public var key: String?
    public var message: String

    public init(file: String, key: String? = nil, _ message: String) {
        self.file = file
        self.key = key
        self.message = message
    }

    public var description: String {
        file + ": " + (key.map { $0 + ": " } ?? "") + message
    }
}

/// Faults found together, so that a person can fix all of them at once.
public struct Diagnostics: Error, Equatable, CustomStringConvertible {
    public let all: [Diagnostic]

    public init(_ all: [Diagnostic]) {
        self.all = all
    }

    public var description: String {
        all.map(\.description).joined(separator: "\n")
    }
}
