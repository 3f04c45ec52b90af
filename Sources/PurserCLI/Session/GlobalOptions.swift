import ArgumentParser
import ChatService
import Foundation
import Purser
import PurserAWS
import PurserCore
import PurserStore

/// The options of every command; each can also be set with an environment variable.
struct GlobalOptions: ParsableArguments {
    /// Their names.
    static let names = ["--store", "--alarms", "--dashboards", "--prices", "--price-arns", "--quotas", "--parameter"]

    @Option(name: .long, help: .init("The store's file (PURSER_STORE).", valueName: "file"), completion: .file())
    var store: String?

    @Option(
        name: .long,
        help: .init("A folder of alarm files to use instead of the shipped ones (PURSER_ALARMS).", valueName: "folder"),
        completion: .directory
    )
    var alarms: String?

    @Option(
        name: .long,
        help: .init(
            "A folder of dashboards to use instead of the shipped ones (PURSER_DASHBOARDS).",
            valueName: "folder"
        ),
        completion: .directory
    )
    var dashboards: String?

    @Option(
        name: .long,
        help: .init("A price file to use instead of the shipped one (PURSER_PRICES).", valueName: "file"),
        completion: .file(extensions: ["csv"])
    )
    var prices: String?

    @Option(
        name: .long,
        help: .init("A file that says which models ARNs stand for (PURSER_PRICE_ARNS).", valueName: "file"),
        completion: .file(extensions: ["csv"])
    )
    var priceArns: String?

    @Option(
        name: .long,
        help: .init("A file of the account's quotas of tokens per minute (PURSER_QUOTAS).", valueName: "file"),
        completion: .file(extensions: ["csv"])
    )
    var quotas: String?

    @Option(
        name: .customLong("parameter"),
        help: .init(
            "NAME=VALUE for `${NAME}` in alarm files and dashboards (PURSER_PARAMETER_NAME); may be repeated.",
            valueName: "name=value"
        )
    )
    var parameters: [String] = []

    /// Returns the arguments with any global options that precede the command moved behind it, where they are parsed.
    static func behindTheCommand(_ arguments: [String]) -> [String] {
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
        // What follows `--` are arguments.
        let end = rest.firstIndex(of: "--") ?? rest.endIndex
        return rest[..<end] + moved + rest[end...]
    }
}

/// The options and the environment of one run.
struct Session {
    let environment: [String: String]
    let options: GlobalOptions

    init(_ options: GlobalOptions) {
        environment = ProcessInfo.processInfo.environment
        self.options = options
    }

    /// Returns a flag's value, or its environment variable's; an empty variable counts as not set.
    func value(_ flag: String?, _ variable: String) -> String? {
        if let flag { return flag }
        return environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The store's path if one was named.
    var namedStorePath: String? {
        value(options.store, "PURSER_STORE")
    }

    /// The command that runs the program for the same store again.
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

    func store(_ opening: Store.Opening, migrating: (Int, Int) -> Void = { _, _ in }) throws -> Store {
        try Store(path: storePath, opening, migrating: migrating)
    }

    /// The dashboards: those of the named folder, or the shipped ones if none is named.
    var dashboardFolder: DashboardFolder {
        DashboardFolder(path: value(options.dashboards, "PURSER_DASHBOARDS"))
    }

    /// Returns the values for `${…}` in alarm files and dashboards.
    func fileParameters() throws -> FileParameters {
        var given: [String: String] = [:]
        for text in options.parameters {
            guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
                throw UsageError("--parameter takes NAME=VALUE, not `\(text)`")
            }
            given[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        return FileParameters(environment: environment, given: given)
    }

    /// Rolls up the metrics that are due. The command's own work is already done, so a failure is only reported.
    func rollUp(_ store: Store) {
        do {
            try store.rollUp(limitSeconds: 5)
        } catch {
            say("purser: the metrics could not be rolled up; the next command tries again: \(error)")
        }
    }

    /// Rolls up everything that is due after a command brought data of a time range, with a line of progress, so that
    /// the next `evaluate` has nothing left to do.
    func rollUpAll(_ store: Store, from oldest: Timestamp, to newest: Timestamp) {
        do {
            let progress = ProgressLine(total: try store.recordedSlotCount(), unit: "slots rolled up")
            defer { progress.end() }
            try store.rollUpAll(from: oldest, to: newest, now: .now, progress: progress.show)
        } catch {
            say("purser: the metrics could not be rolled up; the next command tries again: \(error)")
        }
    }

    /// The region and the account for alarms without a topic.
    var home: AlarmHome {
        AlarmHome(environment: environment)
    }

    /// The price file's path if one was named.
    var pricesPath: String? {
        value(options.prices, "PURSER_PRICES")
    }

    func prices(_ environment: [String: String]? = nil) throws -> PriceCatalog {
        try priceSettings(environment ?? self.environment).read()
    }

    private func priceSettings(_ environment: [String: String]) -> PriceSettings {
        func path(_ flag: String?, _ variable: String) -> String? {
            flag ?? environment[variable].flatMap { $0.isEmpty ? nil : $0 }
        }
        var settings = PriceSettings()
        settings.pricesPath = path(options.prices, "PURSER_PRICES")
        settings.arnsPath = path(options.priceArns, "PURSER_PRICE_ARNS")
        settings.quotasPath = path(options.quotas, "PURSER_QUOTAS")
        return settings
    }

    /// Returns the prices for the Region of the environment.
    func priceBook() throws -> PriceBook {
        PriceBook(try prices(), region: AWSRegion.named(in: environment))
    }

    /// Returns the limits of the chat service, as its environment sets them.
    func chatConfiguration() throws -> ChatConfiguration {
        try asUsage { try ChatConfiguration(environment: environment) }
    }

    func reader(_ store: Store) throws -> MetricReader {
        MetricReader(store: store, quota: try chatConfiguration().quota, tokenQuotas: tokenQuotas())
    }

    /// Returns the quotas of tokens per minute for the Region of the environment. A fault in their file is reported, and
    /// only TPMQuotaUsed has no data.
    private func tokenQuotas() -> [TokenQuotaList.Quota] {
        do throws(Diagnostics) {
            return try readQuotas().quotas(in: AWSRegion.named(in: environment))
        } catch {
            for fault in error.all { say("purser: \(fault)") }
            say("purser: without this file, the metric TPMQuotaUsed has no data")
            return []
        }
    }

    /// Reads the quotas of tokens per minute; throws ``Diagnostics`` with every fault of their file.
    func readQuotas() throws(Diagnostics) -> TokenQuotaList {
        try priceSettings(environment).readQuotas()
    }
}

extension Store {
    /// Returns whether the store has a metric or a call.
    func hasData() throws -> Bool {
        try !series().isEmpty || firstRequestTime() != nil
    }
}
