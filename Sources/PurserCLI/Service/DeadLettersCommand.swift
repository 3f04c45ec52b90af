import ArgumentParser
import ChatService
import Purser
import PurserAWS
import PurserCore
import PurserRender
import PurserStore

struct DeadLettersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deadletters",
        abstract:
            "Lists, retries, drops and forwards requests that were admitted but got no answer.",
        subcommands: [List.self, DeadLettersRedriveCommand.self, Drop.self, Forward.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the letters, oldest first, but never their texts.",
            discussion: """
                With --queue, it receives the queue's letters and returns them, which counts as one receive of each.
                """
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var drawing: DrawingOptions
        @OptionGroup var output: OutputOptions

        @Option(name: .long, help: "The URL of a queue to list instead of the store.")
        var queue: String?

        @Option(name: .long, help: "At most this many letters; default: 100.", transform: RowLimit.read)
        var limit = 100

        func run() throws {
            try reporting {
                let session = Session(global)
                if let queue {
                    let (letters, foreign) = try session.letters(of: try session.queue(queue), limit: limit)
                    show(letters, nil, session)
                    if foreign > 0 { say("purser: " + DeadLetterText.foreign(foreign)) }
                } else {
                    let store = try session.store(.existing)
                    show(try store.deadLetters(limit: limit), try store.deadLetterTotals(), session)
                }
            }
        }

        private func show(_ letters: [DeadLetter], _ totals: DeadLetterTotals?, _ session: Session) {
            output.show(DeadLetterJSON.list(letters, totals)) {
                drawing.show(DeadLetterText.list(letters), session.environment, ifEmpty: "no letters")
                guard let totals else { return }
                if totals.kept > letters.count { say("\(totals.kept) letters in total; --limit shows more") }
                if totals.overflowed + totals.expired > 0 {
                    say("lost: \(totals.overflowed) for lack of room, \(totals.expired) by age")
                }
            }
        }
    }

    struct Drop: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Drops letters: they are removed, and nothing is sent."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        @Argument(help: "Request ids or correlation ids.", completion: NameCompletion.letters)
        var ids: [String]

        func run() throws {
            try reporting {
                let store = try Session(global).store(.existing)
                let requestIds = try store.letters(named: ids).map(\.requestId)
                try store.removeDeadLetters(requestIds)
                store.eraseOrSay()
                output.show(DeadLetterJSON.dropped(requestIds)) {
                    requestIds.forEach { show(plain: "dropped: \($0)") }
                }
            }
        }
    }

    struct Forward: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Sends the store's letters to the queue now (PURSERD_DEADLETTER_QUEUE_URL), as purserd does on its own."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let session = Session(global)
                let environment = try session.resolvedEnvironment()
                let settings = try asUsage { try DeadLetterSettings(environment: environment) }
                guard settings.queue != nil else { throw UsageError("PURSERD_DEADLETTER_QUEUE_URL is not set") }
                let store = try session.store(.existing)
                let forwarder = DeadLetterForwarder(store: store, settings: settings, environment: environment)
                var done = Forwarded()
                repeat {
                    let pass = try forwarder.forwardDue(at: .now)
                    done.sent += pass.sent
                    done.refused += pass.refused
                    (done.error, done.failure, done.isBusy) = (pass.error, pass.failure, pass.isBusy)
                    if pass.sent + pass.refused == 0 { break }
                } while done.error == nil && done.failure == nil
                store.eraseOrSay()
                output.show(DeadLetterJSON.forwarded(done)) { show("\(done.sent) sent, \(done.refused) refused") }
                if let failure = done.failure { say("purser: \(failure)") }
                if done.isBusy { say("purser: another process is forwarding or redriving letters") }
                if let error = done.error {
                    say("purser: the queue does not accept messages; the letters stay in the store: \(error)")
                }
                if done.error != nil || done.failure != nil || done.refused > 0 { throw Exit.failed }
            }
        }
    }
}
