import Foundation
import PurserCore
import Synchronization

/// Writes JSON lines to a file descriptor from its own thread, so no request waits for the reader of the log.
///
/// If the reader is so slow that too many lines are waiting, whole lines are dropped and counted.
final class LogOutput: Sendable {
    /// The maximum number of waiting bytes.
    private static let mostBytes = 8 << 20

    private struct State {
        var waiting: [UInt8] = []
        var dropped = 0
        var isWriting = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let news = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let descriptor: Int32
    /// The line that reports how many were dropped.
    private let droppedLine: @Sendable (Int) -> JSONValue

    init(descriptor: Int32, droppedLine: @escaping @Sendable (Int) -> JSONValue) {
        self.descriptor = descriptor
        self.droppedLine = droppedLine
        Thread.detachNewThread { [self] in
            while writeWaiting() {}
            ended.signal()
        }
    }

    /// Adds a line; never waits.
    func write(_ line: JSONValue) {
        let bytes = line.utf8()
        let wakes = state.withLock { state in
            guard state.waiting.count + bytes.count < Self.mostBytes else {
                state.dropped += 1
                return false
            }
            state.waiting += bytes
            state.waiting.append(UInt8(ascii: "\n"))
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if wakes { news.signal() }
    }

    /// Writes the waiting lines, for two seconds at most, and ends the thread.
    func close() {
        state.withLock { $0.isClosed = true }
        news.signal()
        _ = ended.wait(timeout: .now() + 2)
    }

    /// Waits for lines and writes them; returns false at the end.
    private func writeWaiting() -> Bool {
        news.wait()
        while true {
            let (bytes, dropped, isClosed) = state.withLock { state in
                defer {
                    state.waiting = []
                    state.dropped = 0
                    state.isWriting = !state.waiting.isEmpty
                }
                return (state.waiting, state.dropped, state.isClosed)
            }
            if dropped > 0 { put(droppedLine(dropped).utf8() + [UInt8(ascii: "\n")]) }
            if bytes.isEmpty {
                if isClosed { return false }
                return true
            }
            put(bytes)
        }
    }

    private func put(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&waiting, 1, 1000)
            } else if errno != EINTR {
                // The reader is gone; the service continues without its log.
                return
            }
        }
    }
}
