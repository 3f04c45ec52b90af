import ChatService
import Synchronization

/// The memory that the bodies of all requests together may take, while they arrive and until they are answered.
///
/// A client may announce a body that it never sends, and its key can be checked only with the body. So one address may
/// have half of the memory.
final class BodyMemory: Sendable {
    /// The first bytes of each body are not counted, so that short requests are answered whatever the others do.
    static let freeBytes = 8 << 10

    private struct State {
        var usedBytes = 0
        var ofAddress: [IPAddress: Int] = [:]
    }

    private let mostBytes: Int
    private let mostOfAddress: Int
    private let state = Mutex(State())

    /// - Parameter largestBody: The largest body that is accepted; an address may have at least one.
    init(mostBytes: Int, largestBody: Int = 0) {
        self.mostBytes = mostBytes
        mostOfAddress = max(mostBytes / 2, largestBody)
    }

    fileprivate func take(_ bytes: Int, _ address: IPAddress?) -> Bool {
        state.withLock { state in
            let own = address.flatMap { state.ofAddress[$0] } ?? 0
            guard bytes <= mostBytes - state.usedBytes, address == nil || bytes <= mostOfAddress - own else {
                return false
            }
            state.usedBytes += bytes
            if let address { state.ofAddress[address] = own + bytes }
            return true
        }
    }

    fileprivate func release(_ bytes: Int, _ address: IPAddress?) {
        guard bytes > 0 else { return }
        state.withLock { state in
            state.usedBytes -= bytes
            guard let address, let own = state.ofAddress[address] else { return }
            state.ofAddress[address] = own > bytes ? own - bytes : nil
        }
    }

    /// One request's part, which is returned when it is released.
    final class Share: Sendable {
        private let memory: BodyMemory
        private let address: IPAddress?
        private let takenBytes = Mutex(0)

        /// - Parameter address: The sender's; nil if many clients share it.
        init(_ memory: BodyMemory, address: IPAddress? = nil) {
            self.memory = memory
            self.address = address?.subscriber
        }

        deinit {
            memory.release(takenBytes.withLock { $0 }, address)
        }

        /// Takes memory for a body of this size; returns false if there is not enough.
        func take(bodyBytes: Int) -> Bool {
            takenBytes.withLock { taken in
                let more = max(0, bodyBytes - BodyMemory.freeBytes) - taken
                guard more <= 0 || memory.take(more, address) else { return false }
                taken += max(0, more)
                return true
            }
        }
    }
}
