import ArgumentParser
import ChatService
import Purser
import PurserAWS
import PurserCore
import PurserRender
import PurserStore

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Issues, lists and revokes access keys for the callers of purserd's Bedrock interface.",
        subcommands: [Create.self, List.self, Revoke.self]
    )

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Issues an access key and shows its secret, only this once.",
            discussion: "The secret is stored encrypted with PURSERD_KEYS_SECRET, which purserd also needs."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        @Option(name: .long, help: "The team that pays for the key's calls.")
        var team: String

        @Option(name: .long, help: "The user that the key's calls are recorded under.")
        var user: String?

        @Option(
            name: .long,
            help: "What its calls may cost in a calendar month, in US dollars.",
            transform: DollarArgument.read
        )
        var budget: Picodollars?

        @Option(
            name: .long,
            help: "The only model ids or ARNs that it may call, separated by commas.",
            completion: NameCompletion.models
        )
        var models: String?

        func validate() throws {
            for (option, name) in [("--team", team), ("--user", user ?? "-")]
            where !CallerName.isValid(name) {
                throw ValidationError("\(option) must be \(CallerName.form)")
            }
        }

        func run() throws {
            try reporting {
                let session = Session(global)
                let seal = try asUsage { try SecretSeal(environment: session.environment) }
                let now = Timestamp.now
                let models = try models.map { try priced($0, try session.priceBook(), at: now) }
                let key = IssuedKey(team: team, user: user, models: models, at: now, seal: seal)
                let store = try session.store(.creating)
                // purserd takes one secret for all keys.
                if let fault = SealedKeys.fault(try store.accessKeys(), seal) { throw Diagnostics([fault]) }
                try store.createAccessKey(key.record, budget: budget)
                show(result(key).text()) {
                    // Without its secret the key is useless.
                    let isRevoked = (try? store.revokeAccessKey(key.record.id, at: .now)) == .revoked
                    let what = isRevoked ? "was revoked" : "still works; revoke it with purser keys revoke"
                    say("purser: \(key.record.id) \(what)")
                }
            }
        }

        private func result(_ key: IssuedKey) -> JSONValue {
            switch output.format {
            case .text: AccessKeyJSON.pair(key.record.id, secret: key.secretAccessKey)
            case .json: AccessKeyJSON.created(key.record, budget: budget, secret: key.secretAccessKey)
            }
        }

        private func priced(_ list: String, _ prices: PriceBook, at now: Timestamp) throws -> [String] {
            let ids = list.split(separator: ",", omittingEmptySubsequences: false).map {
                $0.split(separator: " ").joined(separator: " ")
            }
            for id in ids {
                do throws(UnpricedModel) {
                    _ = try prices.price(for: id, at: now)
                } catch {
                    throw TrafficError.unpriced(error, similar: prices.similar(to: error))
                }
            }
            return ids
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the access keys, never their secrets, with what they have spent this month."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var drawing: DrawingOptions
        @OptionGroup var output: OutputOptions

        @OptionGroup var asOf: AsOfOption

        func run() throws {
            try reporting {
                let session = Session(global)
                let store = try session.store(.existing)
                let month = CalendarMonth(containing: asOf.time)
                let lines = try store.accessKeyLines(month)
                output.show(AccessKeyJSON.list(lines, month)) {
                    drawing.show(
                        AccessKeyText.list(lines),
                        session.environment,
                        ifEmpty: "no access keys; purser keys create makes one"
                    )
                }
            }
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revokes an access key; purserd refuses it within a second.",
            discussion: "Calls in flight are finished. What was spent stays in the ledger under the key's id."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        @Argument(help: "The access key's id.", completion: NameCompletion.accessKeys)
        var id: String

        func run() throws {
            try reporting {
                let store = try Session(global).store(.existing)
                let now = Timestamp.now
                switch try store.revokeAccessKey(id, at: now) {
                case .revoked: output.show(AccessKeyJSON.revoked(id, at: now, changed: true)) { show("\(id) revoked") }
                case .alreadyRevoked(let time):
                    output.show(AccessKeyJSON.revoked(id, at: time, changed: false)) {
                        show("\(id) was already revoked at \(time); nothing was changed")
                    }
                case .unknown: throw UsageError("no access key `\(id)`; purser keys list shows the existing keys")
                }
            }
        }
    }
}
