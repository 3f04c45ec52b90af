import PurserAWS
package import PurserCore
import Synchronization

/// Refused requests on their way to the store: they are collected in memory and stored together, so that no request
/// waits for the disk.
///
/// A flood of refusals costs memory and disk within fixed limits: between two batches, a fixed number is kept of those
/// whose sender was authenticated and of all others; the rest is only counted.
package final class RefusedRequests: Sendable {
    /// The maximum number of either kind in a batch.
    package static let mostWaiting = 100

    /// Refused requests to store together, and how many others there were.
    package struct Batch: Sendable {
        package var requests: [RefusedRequest] = []
        package var dropped = 0

        package var isEmpty: Bool {
            requests.isEmpty && dropped == 0
        }
    }

    private struct State {
        var batch = Batch()
        /// By whether the sender was authenticated.
        var counts: [Bool: Int] = [:]
    }

    /// An element arrives when there is something to store; elements that were not taken yet are merged into one.
    package let arrivals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private let state = Mutex(State())

    package init() {
        (arrivals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Adds a refused request, or counts it if there are too many.
    package func add(_ request: RefusedRequest) {
        state.withLock { state in
            guard state.counts[request.isSignedIn, default: 0] < Self.mostWaiting else {
                state.batch.dropped += 1
                return
            }
            state.counts[request.isSignedIn, default: 0] += 1
            state.batch.requests.append(request)
        }
        signal.yield()
    }

    /// Counts the requests of a batch that could not be stored as dropped.
    package func drop(_ batch: Batch) {
        state.withLock { $0.batch.dropped += batch.requests.count + batch.dropped }
    }

    /// Returns what is waiting, and begins a new batch.
    package func takeBatch() -> Batch {
        state.withLock { state in
            defer { state = State() }
            return state.batch
        }
    }
}

extension ChatRefusal {
    /// What kind of message the caller was told, in fixed words.
    package var reason: String {
        switch self {
        case .addressDenied: "denied address"
        case .rateLimited(let sender, _, _): "requests per minute of an " + sender.word
        case .bodyTooLarge: "size of the body"
        case .overloaded: "memory for bodies"
        case .bodyIncomplete: "incomplete body"
        case .originNotAllowed: "origin of a page"
        case .unauthenticated: "sign-in"
        case .signature(let refusal): refusal.code
        case .signInUnavailable: "sign-ins cannot be checked"
        case .otherRegion: "another Region"
        case .forbidden: "not allowed for this caller"
        case .emptyMessage: "empty message"
        case .invalidRequest: "invalid request"
        case .messageTooLong: "length of the message"
        case .blocked: "SQL injection"
        case .throttled: "requests per second"
        case .quotaExceeded(let excess):
            "quota of " + (excess.budget.scope == .all ? "" : excess.budget.scope.kindInWords + " for ")
                + "the \(excess.budget.window.rawValue)"
        case .budgetExceeded(let refusal):
            Budget(scope: refusal.scope, window: refusal.window).refusalReason
        case .unpricedModel: "model without a price"
        case .storeUnavailable: "the ledger could not be written"
        }
    }
}
