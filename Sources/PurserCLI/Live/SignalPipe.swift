import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The writing end of the pipe, for the handler of signals, which has no other way to find it; -1 if there is none.
private let writingEnd = Atomic<Int32>(-1)

/// The handler: it writes the signal's number to the pipe, with functions that POSIX allows in a handler.
private func catching(_ signal: Int32) {
    let before = errno
    var number = UInt8(truncatingIfNeeded: signal)
    _ = write(writingEnd.load(ordering: .sequentiallyConsistent), &number, 1)
    errno = before
}

/// A pipe that has a byte, the signal's number, for each signal that came.
struct SignalPipe {
    /// The signals that reach the pipe instead of ending or stopping the program.
    private static let signals = [
        SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGTSTP, SIGCONT, SIGWINCH,
    ]

    let readingEnd: Int32

    /// Opens the pipe and catches the signals; throws if there are no more file descriptors.
    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw CommandFailure("no pipe for signals: " + String(cString: strerror(errno))) }
        for end in ends {
            // A signal that finds the pipe full is one of many, and must not block the program.
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        readingEnd = ends[0]
        writingEnd.store(ends[1], ordering: .sequentiallyConsistent)
        // The program that started this one may have blocked them.
        var caught = sigset_t()
        sigemptyset(&caught)
        for signal in Self.signals {
            sigaddset(&caught, signal)
            Self.setHandler(of: signal, catching)
        }
        pthread_sigmask(SIG_UNBLOCK, &caught, nil)
    }

    /// Returns the signals that have come since the last call, in their order.
    func received() -> [Int32] {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(readingEnd, &bytes, bytes.count)
        return bytes.prefix(max(0, count)).map(Int32.init)
    }

    /// Stops the program as Ctrl-Z does, and returns when it continues; without job control, it returns at once.
    func suspend() {
        for signal in [SIGTSTP, SIGCONT] { Self.setHandler(of: signal, nil) }
        raise(SIGTSTP)
        for signal in [SIGTSTP, SIGCONT] { Self.setHandler(of: signal, catching) }
    }

    /// Stops catching the signals.
    func release() {
        for signal in Self.signals { Self.setHandler(of: signal, nil) }
    }

    /// Sets a signal's handler, or its default. A write that waits for the terminal is not begun again after it, so that the
    /// program can end although the terminal reads nothing.
    private static func setHandler(of signal: Int32, _ handler: (@convention(c) (Int32) -> Void)?) {
        var action = sigaction()
        #if canImport(Darwin)
            action.__sigaction_u.__sa_handler = handler
        #elseif canImport(Musl)
            action.__sa_handler.sa_handler = handler
        #else
            action.__sigaction_handler.sa_handler = handler
        #endif
        sigaction(signal, &action, nil)
    }
}
