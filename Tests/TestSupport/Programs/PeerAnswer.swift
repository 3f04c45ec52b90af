import Foundation
import Synchronization

/// A peer's answer, which may not have arrived yet.
package final class PeerAnswer: Sendable {
    /// An answer as the peer wrote it.
    struct Text: Sendable {
        let peer: String
        let text: String

        func decoded<Value: Decodable>(_ type: Value.Type) throws -> Value {
            do {
                return try JSONDecoder().decode(type, from: Data(text.utf8))
            } catch {
                throw PeerError("\(peer) said \"\(text)\", which is not a \(type)")
            }
        }
    }

    private struct State {
        var result: Result<Text, PeerError>?
        var waiting: [@Sendable (Result<Text, PeerError>) -> Void] = []
    }

    private let peer: String
    private let state = Mutex(State())

    init(of peer: String) {
        self.peer = peer
    }

    /// Ends the wait; a second result changes nothing.
    func give(_ result: Result<Text, PeerError>) {
        let waiting = state.withLock { state in
            guard state.result == nil else { return [] as [@Sendable (Result<Text, PeerError>) -> Void] }
            state.result = result
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter(result) }
    }

    private func whenGiven(_ body: @escaping @Sendable (Result<Text, PeerError>) -> Void) {
        let result = state.withLock { state in
            if state.result == nil { state.waiting.append(body) }
            return state.result
        }
        if let result { body(result) }
    }

    private var impatience: PeerError {
        PeerError.late("\(peer) did not answer")
    }

    /// Waits, blocking the thread.
    func wait() throws -> Text {
        let isGiven = DispatchSemaphore(value: 0)
        whenGiven { _ in isGiven.signal() }
        if isGiven.wait(timeout: .now() + PeerProcess.patienceSeconds) == .timedOut { give(.failure(impatience)) }
        guard let result = state.withLock({ $0.result }) else { throw impatience }
        return try result.get()
    }

    /// Waits without blocking a thread.
    func value() async throws -> Text {
        let result = await withCheckedContinuation { given in
            whenGiven { given.resume(returning: $0) }
            DispatchQueue.global().asyncAfter(deadline: .now() + PeerProcess.patienceSeconds) { [weak self] in
                guard let self else { return }
                give(.failure(impatience))
            }
        }
        return try result.get()
    }

    /// Waits for the answer and returns it.
    package func value<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try wait().decoded(type)
    }
}

/// A peer that could not be started or did not answer.
package struct PeerError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    /// Returns an error that says what a test waited for without success, and the machine's load, which may be the reason.
    static func late(_ what: String) -> Self {
        let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.split(separator: " ").first
        return Self("\(what) within \(Int(PeerProcess.patienceSeconds)) s; the machine's load is \(load ?? "unknown")")
    }
}
