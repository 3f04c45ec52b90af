package import Foundation
import Glibc

/// Reports changes to the files of a folder, so that a test can wait until another program writes.
package final class FolderWatch: Sendable {
    private let events: Int32
    /// Used by other threads to end the wait.
    private let wakeUp = Pipe()

    package init(_ folder: URL) throws {
        events = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard events >= 0 else { throw PeerError("inotify: error \(errno)") }
        guard inotify_add_watch(events, folder.path, UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO)) >= 0 else {
            throw PeerError("\(folder.path) cannot be watched: error \(errno)")
        }
    }

    deinit {
        close(events)
    }

    /// Ends this watch's wait, either now or as soon as it begins.
    package func end() {
        try? wakeUp.fileHandleForWriting.write(contentsOf: Data([0]))
    }

    /// Waits until `isTrue` returns true; calls it at the start and after every change to a file of this name. Returns
    /// false if it is not true when the wait is ended. Throws ``PeerError`` if neither happens in time.
    package func wait(forFile name: String, until isTrue: () throws -> Bool) throws -> Bool {
        let deadline = Date(timeIntervalSinceNow: PeerProcess.patienceSeconds)
        while true {
            if try isTrue() { return true }
            repeat {
                var waiting = [
                    pollfd(fd: events, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: wakeUp.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0),
                ]
                let milliseconds = Int32(max(0, deadline.timeIntervalSinceNow * 1000))
                let events = poll(&waiting, 2, milliseconds)
                if events == 0 { throw PeerError.late("no change to \(name) met the condition") }
                if events < 0, errno == EINTR { continue }
                if events < 0 || waiting[1].revents != 0 { return try isTrue() }
            } while !takeEvents().contains(name)
        }
    }

    /// Returns the names of the files that were changed since the last time.
    private func takeEvents() -> Set<String> {
        var names: Set<String> = []
        // An event is its watch, mask and cookie, the length of its name, and the name.
        let header = 16
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 8) { buffer in
            while true {
                let count = read(events, buffer.baseAddress, buffer.count)
                guard count > 0 else { return }
                var start = 0
                while start + header <= count {
                    let length = buffer.loadUnaligned(fromByteOffset: start + 12, as: UInt32.self)
                    let end = start + header + Int(length)
                    let name = buffer[(start + header)..<end].prefix { $0 != 0 }
                    names.insert(String(decoding: name, as: UTF8.self))
                    start = end
                }
            }
        }
        return names
    }
}
