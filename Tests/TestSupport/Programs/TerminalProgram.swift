import Foundation
import Glibc
import Synchronization
package import Testing

/// A shell script with job control that runs in a terminal of its own, as a user's shell does; in it, `$PURSER` is the program.
package final class TerminalProgram {
    private let process = Process()
    private let end: ProcessEnd
    private let master: Int32
    private let output: TerminalOutput
    /// The length of the output in which earlier waits found what they waited for, in UTF-8 code units.
    private var seen = 0

    package init(_ purser: PurserProgram, columns: Int = 100, rows: Int = 30, script: String) throws {
        // The module of the C library has neither posix_openpt nor the numbers of these requests: TIOCSPTLCK and TIOCGPTN.
        let (unlock, readNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
        var (isLocked, number): (Int32, UInt32) = (0, 0)
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        output = TerminalOutput(descriptor: master)
        guard master >= 0, ioctl(master, unlock, &isLocked) == 0, ioctl(master, readNumber, &number) == 0 else {
            throw PeerError("there is no pseudo terminal")
        }
        let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard slave >= 0 else { throw PeerError("the pseudo terminal cannot be opened") }
        let stream = FileHandle(fileDescriptor: slave, closeOnDealloc: true)
        end = ProcessEnd(of: process)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setsid")
        process.arguments = ["--ctty", "--wait", "/bin/bash", "-c", "set -m\n" + script]
        process.environment = purser.environment.merging(["PURSER": PurserProgram.path]) { $1 }
        process.standardInput = stream
        process.standardOutput = stream
        process.standardError = stream
        resize(columns: columns, rows: rows)
        try ProcessStart.run(process)
        try? stream.close()
        Thread.detachNewThread { [output] in output.collect() }
    }

    package func type(_ keys: String) {
        let bytes = Array(keys.utf8)
        _ = write(master, bytes, bytes.count)
    }

    package func resize(columns: Int, rows: Int) {
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// Waits until a text has appeared after that of the last wait, and returns the output between the two.
    ///
    /// If the output ends before, or the text does not come in time, the test fails.
    @discardableResult
    package func await(_ wanted: String, sourceLocation: SourceLocation = #_sourceLocation) -> String {
        let deadline = DispatchTime.now() + PeerProcess.patienceSeconds
        while true {
            let (text, hasEnded) = output.state
            let rest = String(decoding: text.utf8.dropFirst(seen), as: UTF8.self)
            if let range = rest.range(of: wanted) {
                let found = String(rest[..<range.upperBound])
                seen += found.utf8.count
                return found
            }
            if hasEnded || !output.awaitNews(until: deadline) {
                Issue.record("\(wanted) did not appear in: \(rest)", sourceLocation: sourceLocation)
                return rest
            }
        }
    }

    /// Waits until a condition is met, which is asked for again after each output.
    package func await(sourceLocation: SourceLocation = #_sourceLocation, _ isMet: () throws -> Bool) rethrows {
        let deadline = DispatchTime.now() + PeerProcess.patienceSeconds
        while true {
            let (text, hasEnded) = output.state
            seen = text.utf8.count
            if try isMet() { return }
            if hasEnded || !output.awaitNews(until: deadline) {
                Issue.record("the condition was not met before: \(text.suffix(4000))", sourceLocation: sourceLocation)
                return
            }
        }
    }

    /// Waits until the script has ended.
    package func awaitEnd() {
        if !end.wait() {
            Issue.record(PeerError.late("the terminal's script did not end"))
            kill(-process.processIdentifier, SIGKILL)
        }
    }

    deinit {
        close(master)
    }
}

/// What a terminal has received, read by its own thread.
private final class TerminalOutput: Sendable {
    private let descriptor: Int32
    private let received = Mutex((text: "", hasEnded: false))
    private let news = DispatchSemaphore(value: 0)

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    var state: (text: String, hasEnded: Bool) {
        received.withLock { $0 }
    }

    func awaitNews(until deadline: DispatchTime) -> Bool {
        news.wait(timeout: deadline) == .success
    }

    /// Reads until no program has the terminal open.
    func collect() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var bytes: [UInt8] = []
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            bytes += buffer.prefix(max(0, count))
            received.withLock { $0 = (String(decoding: bytes, as: UTF8.self), count <= 0) }
            news.signal()
            if count <= 0 { return }
        }
    }
}
