import PurserCore

/// A page of `purser help` about something that all commands share. The man page has the same tables, and so has docs/cli.md.
package enum HelpTopic: String, Sendable, CaseIterable {
    case times
    case exitCodes = "exit-codes"
    case environment
    case files
    case keys

    package struct Row: Sendable, Equatable {
        package let name: String
        package let meaning: String

        init(_ name: String, _ meaning: String) {
            self.name = name
            self.meaning = meaning
        }
    }

    /// What the page is about, in a few words.
    package var summary: String {
        switch self {
        case .times: "the forms of times and durations"
        case .exitCodes: "what the exit codes mean"
        case .environment: "the variables that are read"
        case .files: "the files that are read and written"
        case .keys: "the keys of dash --watch"
        }
    }

    /// Sentences before the table.
    package var introduction: [String] {
        switch self {
        case .times: ["Options that take a time accept these forms.", "The day and the clock are those of UTC."]
        case .exitCodes: ["Exit codes do not depend on the format of the result."]
        case .environment:
            [
                "A flag takes precedence over its variable, and a variable over the default.",
                "An empty variable counts as unset.",
            ]
        case .files: ["All files that purser writes are readable only by their owner."]
        case .keys: ["`purser dash --watch` repaints its frame until it is ended, and has these keys."]
        }
    }

    package var rows: [Row] {
        switch self {
        case .times: TimeExpression.rules.map { Row($0.example, $0.meaning) }
        case .exitCodes: Self.exitCodeRows
        case .environment: Self.environmentRows
        case .files: Self.fileRows
        case .keys: LiveKey.allCases.map { Row($0.name, $0.meaning) }
        }
    }

    /// Sentences after the table.
    package var conclusion: [String] {
        switch self {
        case .times:
            [
                "Times from 1970 to 2199 are accepted; those with a space need quotes.",
                "A duration is \(ClockDuration.allowed).",
            ]
        case .exitCodes: ["`evaluate` exits with the most severe code that applies: 3, then 2, then 1."]
        case .environment: ["`purserd --help` lists the variables of the chat service."]
        case .files: []
        case .keys: ["Ctrl-C ends it too, and Ctrl-Z suspends it."]
        }
    }

    private static let exitCodeRows = [
        Row("0", "success"),
        Row(
            "1",
            "`evaluate`: the budget is over its limit, forecast over it, or ahead of plan; `cost --self-check`: a rule is broken; `cost reconcile`: something differs from the bill, or could not be compared"
        ),
        Row("2", "`evaluate`: an alarm is in ALARM"),
        Row(
            "3",
            "the command failed, or a message could not be delivered; `doctor` found a problem; `prices lint` found an error; `deadletters redrive`: a letter was not answered"
        ),
        Row("64", "usage error: an argument, a value, a name or a setting's variable is wrong"),
    ]

    private static let environmentRows = [
        Row("PURSER_STORE", "the store's file, as `--store`"),
        Row("PURSER_ALARMS", "a folder of alarm files, as `--alarms`"),
        Row("PURSER_DASHBOARDS", "a folder of dashboards, as `--dashboards`"),
        Row("PURSER_PRICES", "a price file, as `--prices`"),
        Row("PURSER_PRICE_ARNS", "a file of models that ARNs stand for, as `--price-arns`"),
        Row("PURSER_QUOTAS", "a file of quotas of tokens per minute, as `--quotas`"),
        Row("PURSER_PARAMETER_NAME", "the value of `${NAME}` in alarm files, as `--parameter NAME=VALUE`"),
        Row("PURSER_REMIND", "interval of reminders, as `evaluate --remind`"),
        Row("PURSER_PING", "address to fetch after a successful run, as `evaluate --ping`"),
        Row("PURSER_ACCOUNT_ID", "the AWS account in messages about alarms without a topic"),
        Row(
            "PURSERD_QUOTA",
            "calls a month, which the derived quota metric needs; `replay` and `deadletters redrive` keep to all limits of purserd"
        ),
        Row("PURSERD_BUDGET_USD", "the budget for all calls, unless one is set in the store"),
        Row("PURSERD_KEYS_SECRET", "the secret that access keys are encrypted with, for `keys create`"),
        Row("PURSERD_DEADLETTER_QUEUE_URL", "the queue of `deadletters forward`"),
        Row("XDG_STATE_HOME", "the folder in which the default store is; default: `~/.local/state`"),
        Row("AWS_REGION", "the Region of prices and of alarms without a topic"),
        Row("AWS_PROFILE", "the profile of AWS credentials; the other variables of the AWS tools apply too"),
        Row("AWS_ENDPOINT_URL", "an alternative endpoint; also for one service, such as `AWS_ENDPOINT_URL_SNS`"),
        Row("AWS_CA_BUNDLE", "certificates to trust instead of the system's"),
        Row("COLUMNS", "the width of tables and of `dash`, unless `--width` is given"),
        Row("NO_COLOR", "not empty: no colour"),
        Row("FORCE_COLOR", "colour even if stdout is not a terminal; `CLICOLOR_FORCE` does the same"),
        Row("TERM", "`dumb`: no colour and only ASCII"),
        Row("LANG", "only ASCII unless the locale is UTF-8; `LC_ALL` and `LC_CTYPE` take precedence"),
    ]

    private static let fileRows = [
        Row(
            "~/.local/state/purser/purser.db",
            "the store, unless `--store`, `PURSER_STORE` or `XDG_STATE_HOME` says otherwise"
        ),
        Row("~/.local/state/purser/demo.db", "the store of `purser demo`, replaced each time"),
        Row("purser.db-wal, purser.db-shm", "next to the store: the newest commits, and SQLite's index of them"),
        Row("purser.db-*lock", "next to the store: locks, always empty"),
        Row("alarms/*.json", "alarm files; those that were shipped are in the program, and `purser init` writes them"),
        Row("alarms/budget.json", "the budget that notifies"),
        Row("alarms/*.test", "scripted test cases of alarms, for `purser alarms test`"),
        Row("prices/bedrock.csv", "prices by model and day"),
        Row("arns.csv", "next to the price file: models that ARNs stand for"),
        Row("offers.csv", "next to the price file: the names of models in AWS's price list, for `prices diff`"),
        Row(
            "services.csv",
            "next to the price file: what a plan pays for besides the model, for `cost estimate`"
        ),
        Row("quotas.csv", "next to the price file: quotas of tokens per minute, for the metric TPMQuotaUsed"),
        Row("docs/runbooks/*.md", "runbooks, which `purser alarms runbook` prints"),
        Row("~/.aws/config, ~/.aws/credentials", "profiles of the AWS tools"),
    ]
}

extension HelpTopic {
    /// The page as text.
    package func text(width: Int) -> String {
        let column = min(30, (rows.map(\.name.count).max() ?? 0) + 4)
        var lines = Self.wrapped(introduction.joined(separator: " "), width: width, indent: 0) + [""]
        for row in rows {
            let meaning = Self.wrapped(row.meaning, width: width, indent: column)
            let name = "  " + row.name
            if name.count + 2 <= column {
                lines.append(name + String(repeating: " ", count: column - name.count) + meaning[0].dropFirst(column))
                lines += meaning.dropFirst()
            } else {
                lines += [name] + meaning
            }
        }
        if !conclusion.isEmpty {
            lines += [""] + Self.wrapped(conclusion.joined(separator: " "), width: width, indent: 0)
        }
        return lines.joined(separator: "\n")
    }

    /// Returns a text in lines that are no wider than `width`, unless a word is.
    private static func wrapped(_ text: String, width: Int, indent: Int) -> [String] {
        let blanks = String(repeating: " ", count: indent)
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(blanks + word)
            }
        }
        return lines.isEmpty ? [blanks] : lines
    }
}
