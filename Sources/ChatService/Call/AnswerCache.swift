import PurserAWS
import PurserCore
import Synchronization

/// Recent answers, so a repeated question from the same caller costs nothing.
///
/// Limited in number and bytes; the oldest are dropped first.
final class AnswerCache: Sendable {
    static let most = 1000
    static let mostBytes = 16 << 20

    /// The SHA-256 of the caller and of everything that an answer depends on.
    struct Key: Hashable, Sendable {
        fileprivate let digest: [UInt8]

        /// - Parameter scope: The caller's names, so that no caller gets another's answer.
        init(modelId: String, input: ModelInput, maxTokens: Int, scope: [String?]) {
            var hash = SHA256()
            // Each part is preceded by its length, so two different lists of parts never produce the same bytes.
            for part in scope.map({ $0.map { "=" + $0 } ?? "-" }) + [modelId] {
                hash.update(Array("\(part.utf8.count):\(part)".utf8))
            }
            hash.update(input.body(maxTokens: maxTokens))
            digest = hash.finalize()
        }
    }

    private struct Entry {
        var answer: ChatAnswer
        var bytes: Int
        /// Nanoseconds of the monotonic clock.
        var expires: Int64
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        /// By age; includes keys that were removed or replaced.
        var order: [(key: Key, expires: Int64)] = []
        var first = 0
        var bytes = 0
    }

    private let seconds: Int
    private let state = Mutex(State())

    init(seconds: Int) {
        self.seconds = seconds
    }

    func answer(_ key: Key, at now: Int64) -> ChatAnswer? {
        state.withLock { state in
            guard let entry = state.entries[key], entry.expires > now else { return nil }
            return entry.answer
        }
    }

    func keep(_ answer: ChatAnswer, _ key: Key, at now: Int64) {
        let bytes = answer.response.text.utf8.count + (answer.response.document?.count ?? 0) + 500
        guard bytes <= Self.mostBytes / 4 else { return }
        let expires = now + Int64(seconds) * 1_000_000_000
        state.withLock { state in
            if let old = state.entries.updateValue(
                Entry(answer: answer, bytes: bytes, expires: expires),
                forKey: key
            ) {
                state.bytes -= old.bytes
            }
            state.bytes += bytes
            state.order.append((key, expires))
            while state.first < state.order.count,
                state.entries.count > Self.most || state.bytes > Self.mostBytes
                    || state.order[state.first].expires <= now
            {
                let (key, expires) = state.order[state.first]
                state.first += 1
                guard let entry = state.entries[key], entry.expires == expires else { continue }
                state.entries[key] = nil
                state.bytes -= entry.bytes
            }
            if state.first > Self.most {
                state.order.removeFirst(state.first)
                state.first = 0
            }
        }
    }
}
