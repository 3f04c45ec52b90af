/// One value that an operator may set, as the help and the manual describe it.
package struct Setting: Sendable, Equatable {
    /// The sections of the help, in the order shown.
    package enum Group: String, Sendable, CaseIterable {
        case daemon = "Daemon"
        case model = "Model"
        case signIn = "Sign-in"
        case limits = "Limits"
        case deadLetters = "Dead letters"
        case aws = "AWS"
    }

    /// Where a value may come from in addition to the environment.
    package enum Kind: Sendable, Equatable {
        case plain
        /// Never from a flag or a file, because others can read those; only from the environment, or from anywhere as
        /// `ssm:`.
        case secret
        /// Needed to reach Parameter Store, so it cannot be stored there.
        case own
    }

    /// The variable's name: `PURSERD_LISTEN`.
    package var name: String
    package var group: Group
    /// What it sets, in one sentence.
    package var summary: String
    /// What is allowed, in words that complete "is not …".
    package var allowed: String
    /// What else helps if a value is not allowed.
    package var advice: String?
    /// The default, in words or as a value; nil if there is none.
    package var standard: String?
    package var kind: Kind
    /// Whether its configuration requires it.
    package var isRequired: Bool

    package init(
        _ name: String,
        _ summary: String,
        _ allowed: String,
        _ standard: String? = nil,
        kind: Kind = .plain,
        isRequired: Bool = false,
        advice: String? = nil,
        group: Group = .daemon
    ) {
        self.name = name
        self.summary = summary
        self.allowed = allowed
        self.standard = standard
        self.kind = kind
        self.isRequired = isRequired
        self.advice = advice
        self.group = group
    }

    /// The flag's name: `--listen` for `PURSERD_LISTEN`, `--store` for `PURSER_STORE`, `--aws-region` for `AWS_REGION`.
    package var flag: String {
        let prefix = ["PURSERD_", "PURSER_"].first { name.hasPrefix($0) } ?? ""
        return "--" + name.dropFirst(prefix.count).lowercased().replacing("_", with: "-")
    }
}
