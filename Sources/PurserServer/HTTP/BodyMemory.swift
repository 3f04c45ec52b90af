import ChatService
import Synchronization

/// The memory that the bodies of all requests together may take, while they arrive and until they are answered.
///
/// A client may announce a body that it never sends, and its key can be checked only with the body. So one address may
/// have half of the memory. So may all chat messages together, which are short: the rest is for programs.
final class BodyMemory: Sendable {
    /// The first bytes of each body are not counted, so that short requests are answered whatever the others do.
    static let freeBytes = 8 << 10

    private struct State {
        var usedBytes = 0
        var ofChat = 0
        var ofAddress: [IPAddress: Int] = [:]
    }

    /// Whose body it is.
    struct Sender {
        /// Nil if many clients share it.
        var address: IPAddress?
        var isChat = false
    }

    private let mostBytes: Int
    private let mostOfAddress: Int
    private let state = Mutex(State())

    /// - Parameter largestBody: The largest body that is accepted; an address may have at least one.
    init(mostBytes: Int, largestBody: Int = 0) {
        self.mostBytes = mostBytes
        mostOfAddress = max(mostBytes / 2, largestBody)
    }

    fileprivate func take(_ bytes: Int, _ sender: Sender) -> Bool {
        state.withLock { state in
            let own = sender.address.flatMap { state.ofAddress[$0] } ?? 0
            guard bytes <= mostBytes - state.usedBytes, sender.address == nil || bytes <= mostOfAddress - own,
                !sender.isChat || bytes <= mostBytes / 2 - state.ofChat
            else { return false }
            state.usedBytes += bytes
            if sender.isChat { state.ofChat += bytes }
            if let address = sender.address { state.ofAddress[address] = own + bytes }
            return true
        }
    }

    fileprivate func release(_ bytes: Int, _ sender: Sender) {
        guard bytes > 0 else { return }
        state.withLock { state in
            state.usedBytes -= bytes
            if sender.isChat { state.ofChat -= bytes }
            guard let address = sender.address, let own = state.ofAddress[address] else { return }
            state.ofAddress[address] = own > bytes ? own - bytes : nil
        }
    }

    /// One request's part, which is returned when it is released.
    final class Share: Sendable {
        private let memory: BodyMemory
        private let sender: Sender
        private let takenBytes = Mutex(0)

        init(_ memory: BodyMemory, address: IPAddress? = nil, isChat: Bool = false) {
            self.memory = memory
            sender = Sender(address: address?.subscriber, isChat: isChat)
        }

        deinit {
            memory.release(takenBytes.withLock { $0 }, sender)
        }

        /// Takes memory for a body of this size; returns false if there is not enough.
        func take(bodyBytes: Int) -> Bool {
            takenBytes.withLock { taken in
                let more = max(0, bodyBytes - BodyMemory.freeBytes) - taken
                guard more <= 0 || memory.take(more, sender) else { return false }
                taken += max(0, more)
                return true
            }
        }
    }
}
