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
            "Lists requests that were admitted and got no answer; tries them again, gives them up, sends them on.",
        subcommands: [List.self, DeadLettersRedriveCommand.self, Drop.self, Forward.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the letters, the oldest first; never their texts.",
            discussion: """
                With --queue it receives the queue's letters and gives them back, which counts as a receiving of each.
                """
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var drawing: DrawingOptions
        @OptionGroup var output: OutputOptions

        @Option(name: .long, help: "The URL of a queue to list in place of the store.")
        var queue: String?

        @Option(name: .long, help: "At most this many letters.")
        var limit = 100

        func validate() throws {
            if !(1...100_000).contains(limit) { throw ValidationError("--limit takes 1 to 100000") }
        }

        func run() throws {
            try reporting {
                let session = Session(global)
                if let queue {
                    let (letters, foreign) = try session.letters(of: try session.queue(queue), limit: limit)
                    show(letters, nil, session)
                    if foreign > 0 { say("purser: \(foreign) of the queue's messages are no letters of purser's") }
                } else {
                    let store = try session.store(.existing)
                    show(try store.deadLetters(limit: limit), try store.deadLetterTotals(), session)
                }
            }
        }

        private func show(_ letters: [DeadLetter], _ totals: DeadLetterTotals?, _ session: Session) {
            switch output.format {
            case .json:
                var members: [JSONValue.Member] = [.init("letters", .array(letters.map(json)))]
                if let totals {
                    members += [
                        .init("kept", .integer(totals.kept)), .init("refused", .integer(totals.refused)),
                        .init("overflowed", .integer(totals.overflowed)), .init("expired", .integer(totals.expired)),
                    ]
                }
                PurserCLI.show(JSONValue(schema: "purser.deadletters-list/1", members))
            case .text:
                if letters.isEmpty {
                    say("no letters")
                } else {
                    PurserCLI.show(table(letters, session))
                }
                guard let totals else { return }
                if totals.kept > letters.count { say("\(totals.kept) letters in all; --limit shows more") }
                if totals.overflowed + totals.expired > 0 {
                    say("lost: \(totals.overflowed) for lack of room, \(totals.expired) by age")
                }
            }
        }

        private func table(_ letters: [DeadLetter], _ session: Session) -> String {
            var table = TextTable([
                .init("TIME"), .init("REQUEST ID"), .init("MODEL", leastWidth: 10), .init("ERROR", leastWidth: 10),
                .init("ATTEMPTS", .trailing, dropRank: 1), .init("TEAM", dropRank: 3), .init("TEXT"),
                .init("REDRIVES", .trailing, dropRank: 2), .init("QUEUE", dropRank: 4),
            ])
            for letter in letters {
                table.rows.append([
                    letter.time.floored(toSeconds: 1).iso8601(), letter.requestId, letter.modelId, letter.error,
                    String(letter.attempts), letter.caller.team ?? "", letter.content == nil ? "no" : "yes",
                    String(letter.redrives),
                    letter.forwardError.map { (letter.status == .refused ? "refused: " : "waits: ") + $0 } ?? "",
                ])
            }
            return table.text(style: drawing.style(session.environment), piped: !DrawingOptions.isTerminal)
        }

        private func json(_ letter: DeadLetter) -> JSONValue {
            var members = (letter.json.members ?? []).filter { $0.key != "content" && $0.key != "schema" }
            members += [
                .init("hasText", .bool(letter.content != nil)), .init("status", .string(letter.status.rawValue)),
                .init("forwards", .integer(letter.forwards)), .init("forwardError", JSONValue(letter.forwardError)),
            ]
            return .object(members)
        }
    }

    struct Drop: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives letters up: they are removed, and nothing is sent."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        @Argument(help: "Request ids or correlation ids.")
        var ids: [String]

        func run() throws {
            try reporting {
                let store = try Session(global).store(.existing)
                let requestIds = try store.letters(named: ids).map(\.requestId)
                try store.removeDeadLetters(requestIds)
                let dropped = JSONValue.array(requestIds.map(JSONValue.string))
                output.show(JSONValue(schema: "purser.deadletters-drop/1", ["dropped": dropped])) {
                    requestIds.forEach { show(plain: "given up: \($0)") }
                }
            }
        }
    }

    struct Forward: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Sends the store's letters to the queue now (PURSERD_DEADLETTER_QUEUE_URL), as purserd does by itself."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let session = Session(global)
                let environment = try session.resolvedEnvironment()
                let settings = try DeadLetterSettings(environment: environment)
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
                output.show(json(done)) { show("\(done.sent) sent, \(done.refused) refused") }
                if let failure = done.failure { say("purser: \(failure)") }
                if done.isBusy { say("purser: another process is forwarding or redriving letters") }
                if let error = done.error {
                    say("purser: the queue takes nothing; the letters stay in the store: \(error)")
                }
                if done.error != nil || done.failure != nil || done.refused > 0 { throw Exit.failed }
            }
        }

        private func json(_ done: Forwarded) -> JSONValue {
            JSONValue(
                schema: "purser.deadletters-forward/1",
                [
                    "sent": .integer(done.sent), "refused": .integer(done.refused), "busy": .bool(done.isBusy),
                    "error": JSONValue(done.error ?? done.failure),
                ]
            )
        }
    }
}
