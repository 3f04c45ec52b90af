/// One value that an operator may set.
struct Setting: Sendable, Equatable {
    /// Where a value may come from besides the environment.
    enum Kind: Sendable, Equatable {
        case plain
        /// Never from a flag or a file, which others can read; only from the environment, or anywhere as `ssm:`.
        case secret
        /// Needed to reach Parameter Store, so it cannot be stored there.
        case own
    }

    /// The variable's name: `PURSERD_LISTEN`.
    var name: String
    /// What it sets, in one sentence.
    var summary: String
    /// What is allowed, as it completes "is not …".
    var allowed: String
    /// The default, in words or as a value; nil if there is none.
    var standard: String?
    var kind = Kind.plain

    init(_ name: String, _ summary: String, _ allowed: String, _ standard: String? = nil, kind: Kind = .plain) {
        self.name = name
        self.summary = summary
        self.allowed = allowed
        self.standard = standard
        self.kind = kind
    }

    /// The flag's name: `--listen` for `PURSERD_LISTEN`, `--store` for `PURSER_STORE`, `--aws-region` for `AWS_REGION`.
    var flag: String {
        let prefix = ["PURSERD_", "PURSER_"].first { name.hasPrefix($0) } ?? ""
        return "--" + name.dropFirst(prefix.count).lowercased().replacing("_", with: "-")
    }
}
