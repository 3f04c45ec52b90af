import ArgumentParser
import Foundation
import PurserCore
import PurserRender

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Writes a message to stderr, without the control characters that untrusted names may contain.
func say(_ message: String) {
    // If stderr cannot be written, the error cannot be reported anywhere.
    _ = write(sanitized(message) + "\n", to: STDERR_FILENO)
}

/// Writes lines of plain text to stdout, without the control characters that untrusted names may contain.
func show(plain text: String) {
    show(sanitized(text))
}

private func sanitized(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { TerminalText.sanitized(String($0)) }
        .joined(separator: "\n")
}

/// Writes a result to stdout, and adds a line break if it does not end with one; an empty result is nothing at all.
///
/// A result that cannot be written (a full disk) ends the program with the exit code of a failed check, after `undo`.
func show(_ text: String, end: String = "\n", orElse undo: () -> Void = {}) {
    guard !text.isEmpty, let fault = write(text.hasSuffix(end) ? text : text + end, to: STDOUT_FILENO) else { return }
    say("purser: the result could not be written: \(String(cString: strerror(fault)))")
    undo()
    exit(Exit.failed.rawValue)
}

/// Writes the text of a file to stdout, unchanged.
func show(file text: String) {
    show(text, end: "")
}

/// Writes a result to stdout as one line of JSON.
func show(_ value: JSONValue) {
    show(value.text())
}

/// Writes all of a text, despite interruptions and full pipes; returns errno if that fails.
private func write(_ text: String, to descriptor: Int32) -> Int32? {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count >= 0 {
            rest = rest.dropFirst(count)
        } else if errno == EAGAIN {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            poll(&waiting, 1, -1)
        } else if errno != EINTR {
            return errno
        }
    }
    return nil
}
