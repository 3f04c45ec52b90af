/// A fault in something a person wrote: where it is, what is wrong, and what is allowed.
package struct Diagnostic: Sendable, Equatable, CustomStringConvertible {
    /// The file's path, with the line if there is one: `prices/bedrock.csv:12`.
    package var file: String
    /// The key or column at fault; nil if the whole file is meant.
    package var key: String?
    package var message: String

    package init(file: String, key: String? = nil, _ message: String) {
        self.file = file
        self.key = key
        self.message = message
    }

    package var description: String {
        file + ": " + (key.map { $0 + ": " } ?? "") + message
    }
}

/// Faults found together, so a person can fix all of them at once.
package struct Diagnostics: Error, Equatable, CustomStringConvertible {
    package let all: [Diagnostic]

    package init(_ all: [Diagnostic]) {
        self.all = all
    }

    package var description: String {
        all.map(\.description).joined(separator: "\n")
    }
}
