import ChatService
import Logging
import Purser
import PurserCore
import PurserStore
import ServiceLifecycle

extension DaemonResources {
    /// Returns the daemon's background work.
    func chores() -> [any Service] {
        let watch = Chore("prices", everySeconds: 2) { [priceWatch] in priceWatch.readIfChanged() }
        return [RecorderService(recorder: recorder), settlingAbandoned(), forwarding(), refusals]
            + (priceWatch.hasFiles ? [watch] : [])
    }

    /// Charges the holds of processes that are gone.
    private func settlingAbandoned() -> Chore {
        Chore("abandoned", everySeconds: 30) {
            do {
                let count = try store.settleAbandoned(at: clock.now())
                guard count > 0 else { return }
                log.event(
                    .warning,
                    "abandoned holds were charged",
                    [.init("calls", .integer(count))]
                )
            } catch {
                report("the holds of dead processes could not be settled", error)
            }
        }
    }

    /// Sends dead letters to their queue.
    private func forwarding() -> Chore {
        let forwarder = DeadLetterForwarder(store: store, settings: settings.deadLetters, environment: environment)
        return Chore("dead-letters", everySeconds: 5) {
            do {
                let done = try forwarder.forwardDue(at: clock.now())
                if let error = done.error { report("the dead-letter queue does not accept messages", error) }
                if let failure = done.failure { report("dead letters could not be forwarded", failure) }
                if done.refused > 0 { report("dead letters were refused by their queue", "\(done.refused)") }
            } catch {
                report("dead letters could not be forwarded", error)
            }
            do {
                // Calls wait in the meantime, so a reader that is in the way is left to the next pass.
                _ = try store.eraseRemovedTexts(patienceMilliseconds: 250)
            } catch {
                report("the texts of removed dead letters are still in the store's write-ahead log", error)
            }
        }
    }

    private func report(_ what: String, _ error: any Sendable) {
        log.event(.error, what, [.init("error", .string("\(error)"))])
    }
}

/// Runs the recorder until the daemon shuts down, and stores what it has then.
private struct RecorderService: Service {
    let recorder: Recorder

    func run() async {
        await cancelWhenGracefulShutdown { await recorder.run() }
    }
}
