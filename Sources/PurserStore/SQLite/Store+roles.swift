import Synchronization

extension Store {
    /// Work that only one process does at a time.
    package enum Role: String, Sendable, CaseIterable {
        case evaluate
        case send
        case rollUp = "roll-up"
        case deadLetters = "dead-letters"
    }

    /// Runs `body` if nothing else holds the role; otherwise returns nil without running it.
    ///
    /// The system releases the lock of a process that dies, so nothing has to expire.
    package func whileAlone<Value>(in role: Role, _ body: () throws -> Value) throws -> Value? {
        // The file lock belongs to the whole process; threads of one process are distinguished here.
        guard let lock = roles[role], heldRoles.withLock({ $0.insert(role).inserted }) else { return nil }
        defer { _ = heldRoles.withLock { $0.remove(role) } }
        guard try lock.tryExclusive() else { return nil }
        defer { lock.unlock() }
        return try body()
    }

    /// Runs `body`, which may suspend, if nothing else holds the role; otherwise returns nil without running it.
    package func whileAlone<Value>(in role: Role, _ body: () async throws -> Value) async throws -> Value? {
        guard let lock = roles[role], heldRoles.withLock({ $0.insert(role).inserted }) else { return nil }
        defer { _ = heldRoles.withLock { $0.remove(role) } }
        guard try lock.tryExclusive() else { return nil }
        defer { lock.unlock() }
        return try await body()
    }
}
