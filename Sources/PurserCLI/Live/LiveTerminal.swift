import Foundation
import PurserRender

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The terminal of a live view: its keys arrive one by one, and the frames are on its alternate screen.
final class LiveTerminal {
    /// What ended a wait.
    enum Event: Equatable {
        case typed([UInt8])
        case signal(Int32)
        /// The time is over.
        case time
        /// The terminal is gone, or the program that started this one is, and with it who gave it the terminal.
        case hangUp
    }

    /// How long the view waits for a terminal that does not read its output, at its beginning and at its end.
    private static let patienceMilliseconds: Int32 = 1000
    /// How often it looks whether its parent is still there; nothing tells it.
    private static let parentMilliseconds: Int64 = 1000

    private let signals: SignalPipe
    /// The modes that it had, and has again in the end.
    private let modes: termios
    private let parent = getppid()
    private var pending: [Int32] = []

    /// Throws if stdin or stdout is not a terminal that can show a live view.
    static func check(_ environment: [String: String]) throws {
        let streams = [(STDIN_FILENO, "stdin"), (STDOUT_FILENO, "stdout")]
        for (stream, name) in streams where isatty(stream) == 0 {
            throw UsageError("--watch needs a terminal, and \(name) is not one; without --watch, one frame is printed")
        }
        if environment["TERM"] == "dumb" {
            throw UsageError("--watch needs a terminal that can place its cursor, and TERM says `dumb`")
        }
    }

    /// Catches signals from now on; the terminal itself is changed by ``take()``.
    init() throws {
        var modes = termios()
        guard tcgetattr(STDIN_FILENO, &modes) == 0 else {
            throw CommandFailure("the terminal's modes cannot be read: " + String(cString: strerror(errno)))
        }
        self.modes = modes
        signals = try SignalPipe()
    }

    /// Its columns and rows.
    var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Takes the terminal. In the background, that stops the program until it is in the foreground.
    ///
    /// - Parameter isAgain: Whether it was taken before, and another program may have used it since.
    func take(isAgain: Bool = false) {
        var modes = modes
        // Signals from keys stay; Ctrl-S would stop the frames, and its key is not one of ours.
        modes.c_lflag &= ~tcflag_t(ICANON | ECHO)
        modes.c_lflag |= tcflag_t(ISIG)
        modes.c_iflag &= ~tcflag_t(IXON)
        withUnsafeMutableBytes(of: &modes.c_cc) { characters in
            characters[Int(VMIN)] = 1
            characters[Int(VTIME)] = 0
        }
        set(modes)
        write((isAgain ? LiveScreen.leave : "") + LiveScreen.enter, isWhole: true)
    }

    /// Gives the terminal back as it was, and leaves a text on it.
    ///
    /// In the background, the modes are those of the program in the foreground, such as a shell that is reading a line.
    func giveBack(leaving text: String = "") {
        if tcgetpgrp(STDIN_FILENO) == getpgrp() { set(modes) }
        write(LiveScreen.leave + text, isWhole: true)
    }

    private func set(_ modes: termios) {
        var modes = modes
        while tcsetattr(STDIN_FILENO, TCSANOW, &modes) != 0, errno == EINTR {}
    }

    /// Stops the program as Ctrl-Z does; when it continues, the terminal is taken again.
    ///
    /// Returns false if a signal came that ends the view. It does not take the terminal then, because it may be in the
    /// background, where that would stop it again.
    func suspend() -> Bool {
        giveBack()
        signals.suspend()
        pending += signals.received()
        if pending.contains(where: { $0 != SIGCONT && $0 != SIGWINCH && $0 != SIGTSTP }) { return false }
        take()
        return true
    }

    /// Stops catching signals.
    func release() {
        signals.release()
    }

    /// Waits for a key, a signal or the end of a time.
    func wait(until deadline: ContinuousClock.Instant) -> Event {
        while true {
            if !pending.isEmpty { return .signal(pending.removeFirst()) }
            if getppid() != parent { return .hangUp }
            let left = max(.zero, deadline - .now)
            // Rounded up, so that a wait is not repeated for less than a millisecond.
            let (seconds, attoseconds) = left.components
            let milliseconds = seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
            var descriptors = [
                pollfd(fd: signals.readingEnd, events: Int16(POLLIN), revents: 0),
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&descriptors, 2, Int32(min(milliseconds, Self.parentMilliseconds)))
            pending = signals.received()
            if !pending.isEmpty || count < 0 { continue }
            if count == 0, milliseconds > Self.parentMilliseconds { continue }
            if count == 0 { return .time }
            guard descriptors[1].revents != 0 else { continue }
            var bytes = [UInt8](repeating: 0, count: 256)
            let length = read(STDIN_FILENO, &bytes, bytes.count)
            if length > 0 { return .typed(Array(bytes.prefix(length))) }
            // The end of the input, or an error of a terminal that is gone or not ours any more.
            if length == 0 || errno != EINTR && errno != EAGAIN { return .hangUp }
        }
    }

    /// Writes to the terminal as far as it reads; a signal ends the wait for one that does not.
    ///
    /// - Parameter isWhole: Whether signals do not end the wait, but a second does.
    func write(_ text: String, isWhole: Bool = false) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            var descriptors = [
                pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0),
                pollfd(fd: signals.readingEnd, events: Int16(isWhole ? 0 : POLLIN), revents: 0),
            ]
            let ready = poll(&descriptors, 2, isWhole ? Self.patienceMilliseconds : -1)
            if ready == 0 || ready < 0 && errno != EINTR { return }
            // The loop takes the signal; if the program goes on, it paints another frame.
            if descriptors[1].revents != 0 { return }
            guard ready > 0 else { continue }
            // Small pieces, because a terminal that takes output need not take all of it.
            let count = rest.prefix(256).withUnsafeBytes { fileWrite(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno != EINTR, errno != EAGAIN { return }
            rest = rest.dropFirst(max(0, count))
        }
    }

    private func fileWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes, count)
        #elseif canImport(Musl)
            Musl.write(descriptor, bytes, count)
        #else
            Darwin.write(descriptor, bytes, count)
        #endif
    }
}
