import ArgumentParser
import ChatService
import Foundation
import Purser
import PurserCore
import PurserStore

/// The options of every command; each has a variable of the environment that stands in for it.
struct GlobalOptions: ParsableArguments {
    @Option(name: .long, help: "The store's file (PURSER_STORE).")
    var store: String?

    @Option(name: .long, help: "A folder of alarm files in place of those that ship (PURSER_ALARMS).")
    var alarms: String?

    @Option(name: .long, help: "A price file in place of the one that ships (PURSER_PRICES).")
    var prices: String?

    @Option(
        name: .customLong("parameter"),
        help: "NAME=VALUE for `${NAME}` in alarm files (PURSER_PARAMETER_NAME); may be repeated."
    )
    var parameters: [String] = []

    /// The arguments with global options that stand before the command moved behind it, where they are parsed.
    static func behindTheCommand(_ arguments: [String]) -> [String] {
        let names = ["--store", "--alarms", "--prices", "--parameter"]
        var rest = arguments[...]
        var moved: [String] = []
        while let first = rest.first {
            if names.contains(first), rest.count > 1 {
                moved += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else if names.contains(where: { first.hasPrefix($0 + "=") }) {
                moved.append(first)
                rest = rest.dropFirst()
            } else {
                break
            }
        }
        return Array(rest) + moved
    }
}

/// What the options and the environment come to.
struct Session {
    let environment: [String: String]
    let options: GlobalOptions

    init(_ options: GlobalOptions) {
        environment = ProcessInfo.processInfo.environment
        self.options = options
    }

    /// A flag's value, else that of the variable that stands in for it; an empty variable counts as not set.
    func value(_ flag: String?, _ variable: String) -> String? {
        if let flag { return flag }
        return environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The store's path where one was named.
    var namedStorePath: String? {
        value(options.store, "PURSER_STORE")
    }

    /// How the program is called for the same store again.
    var program: String {
        options.store.map { "purser --store " + ShellWord.quoted($0) } ?? "purser"
    }

    /// The folder of the default store.
    var stateFolder: String {
        StateFolder.path(environment)
    }

    var storePath: String {
        namedStorePath ?? StateFolder.store(environment)
    }

    func store(_ opening: Store.Opening) throws -> Store {
        try Store(path: storePath, opening)
    }

    /// The values for `${…}` in alarm files.
    func parameters() throws -> [String: String] {
        var values: [String: String] = [:]
        let prefix = "PURSER_PARAMETER_"
        for (name, value) in environment where name.hasPrefix(prefix) {
            values[String(name.dropFirst(prefix.count))] = value
        }
        for text in options.parameters {
            guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
                throw UsageError("--parameter takes NAME=VALUE, not `\(text)`")
            }
            values[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        return values
    }

    /// Rolls up the metrics that are due. What was asked for is done by then: a failure is only told.
    func rollUp(_ store: Store) {
        do {
            try store.rollUp(limitSeconds: 5)
        } catch {
            say("purser: the metrics are not rolled up, which the next command tries again: \(error)")
        }
    }

    /// Where alarms without a topic are said to live.
    var home: AlarmHome {
        AlarmHome(region: value(nil, "AWS_REGION") ?? "", account: value(nil, "PURSER_ACCOUNT_ID") ?? "")
    }

    func prices() throws -> PriceCatalog {
        guard let path = value(options.prices, "PURSER_PRICES") else { return try .shipped() }
        return try PriceCatalog(csv: try TextFile.read(path), file: path)
    }

    /// The limits of the chat service, as its environment sets them.
    func chatConfiguration() throws -> ChatConfiguration {
        try ChatConfiguration(environment: environment)
    }

    func reader(_ store: Store) throws -> MetricReader {
        MetricReader(store: store, quota: try chatConfiguration().quota)
    }
}
