import Synchronization

/// The memory that the bodies of all requests together may take, while they arrive and until they are answered.
final class BodyMemory: Sendable {
    /// The first bytes of each body are not counted, so that short requests are answered whatever the others do.
    static let freeBytes = 8 << 10

    private let mostBytes: Int
    private let usedBytes = Mutex(0)

    init(mostBytes: Int) {
        self.mostBytes = mostBytes
    }

    fileprivate func take(_ bytes: Int) -> Bool {
        usedBytes.withLock { used in
            guard bytes <= mostBytes - used else { return false }
            used += bytes
            return true
        }
    }

    fileprivate func release(_ bytes: Int) {
        usedBytes.withLock { $0 -= bytes }
    }

    /// One request's part, which is returned when it is released.
    final class Share: Sendable {
        private let memory: BodyMemory
        private let takenBytes = Mutex(0)

        init(_ memory: BodyMemory) {
            self.memory = memory
        }

        deinit {
            memory.release(takenBytes.withLock { $0 })
        }

        /// Takes memory for a body of this size; returns false if there is not enough.
        func take(bodyBytes: Int) -> Bool {
            takenBytes.withLock { taken in
                let more = max(0, bodyBytes - BodyMemory.freeBytes) - taken
                guard more <= 0 || memory.take(more) else { return false }
                taken += max(0, more)
                return true
            }
        }
    }
}
