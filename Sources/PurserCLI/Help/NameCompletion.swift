import ArgumentParser
import Foundation
import Purser
import PurserCore
import PurserStore

/// Names that a shell completes: those of the store and of the alarm folder that the unfinished command line uses.
///
/// A shell asks at every keystroke, so nothing here fails or prints: what cannot be read has no names.
enum NameCompletion {
    /// The names of the alarms.
    static let alarms = completion { session in try session.alarmFolder().rules().alarms.map(\.name) }

    /// The names of the alarms and of the budget.
    static let runbooks = completion { session in
        let rules = try session.alarmFolder().rules()
        return rules.alarms.map(\.name) + (rules.budget.map { [$0.name] } ?? [])
    }

    /// The model ids that have a price.
    static let models = completion { session in
        try session.prices().rows(matching: nil, region: nil, at: .now).map(\.modelId)
    }

    /// The months of the ledger.
    static let months = completion { session in try session.store(.existing).months().map(\.description) }

    /// The namespaces of the stored metrics.
    static let namespaces = completion { session in try session.store(.existing).series().map(\.metric.namespace) }

    /// The names of the dashboards.
    static let dashboards = completion { session in try session.dashboardFolder.names() }

    /// The names of the stored metrics.
    static let metrics = completion { session in try session.store(.existing).series().map(\.metric.name) }

    /// The ids of the access keys.
    static let accessKeys = completion { session in try session.store(.existing).accessKeys().map(\.id) }

    /// The ids of the dead letters.
    static let letters = completion { session in
        try session.store(.existing).deadLetters(limit: mostNames).map(\.requestId)
    }

    /// More names than this do not help.
    private static let mostNames = 1000

    private static func completion(_ names: @escaping @Sendable (Session) throws -> [String]) -> CompletionKind {
        .custom { words, _, prefix in
            var seen: Set<String> = []
            let found = (try? names(session(words))) ?? []
            // Bash expands the completions that it is given: a name with `$(…)` in it would be run.
            return Array(
                found.filter { $0.hasPrefix(prefix) && isShown($0) && seen.insert($0).inserted }.prefix(mostNames)
            )
        }
    }

    private static func isShown(_ name: String) -> Bool {
        ShellWord.quoted(name) == name
    }

    /// Returns a session with the global options of an unfinished command line.
    private static func session(_ words: [String]) -> Session {
        var global: [String] = []
        for (index, word) in words.enumerated() {
            for name in GlobalOptions.names {
                if word == name, index + 1 < words.count {
                    global += [name, expanded(words[index + 1])]
                } else if word.hasPrefix(name + "=") {
                    global += [name, expanded(String(word.dropFirst(name.count + 1)))]
                }
            }
        }
        return Session((try? GlobalOptions.parse(global)) ?? GlobalOptions())
    }

    /// Returns a word without quotes and with its `~`, which a shell leaves as they are.
    private static func expanded(_ word: String) -> String {
        let bare = word.filter { $0 != "\"" && $0 != "'" && $0 != "\\" }
        guard bare.hasPrefix("~/"), let home = ProcessInfo.processInfo.environment["HOME"] else { return bare }
        return home + bare.dropFirst()
    }
}
