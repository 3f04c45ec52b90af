import Foundation
import Glibc

/// Starts the programs of tests: one mechanism for peers, servers and commands.
enum ProcessStart {
    /// Pipes that one start creates must not reach the child of another.
    private static let lock = NSLock()
    private static let orphans = Orphans()

    /// Starts a process that a test has prepared, and counts it.
    ///
    /// - Parameters:
    ///   - kind: `python`, `server` or `program`.
    ///   - name: What is counted.
    static func run(_ process: Process, _ kind: String, _ name: String) throws {
        if TestScope.isQuick { throw PeerError("\(name) is started in a quick run: its test needs .startsPrograms") }
        // Writing to a program that has ended must throw, and not end the tests.
        signal(SIGPIPE, SIG_IGN)
        try lock.withLock {
            try orphans.begin()
            try process.run()
            orphans.add(process)
        }
        count(kind, name)
    }

    /// Writes a line, the kind and the name, to the file that PURSER_COUNT_STARTS names.
    private static func count(_ kind: String, _ name: String) {
        guard let path = getenv("PURSER_COUNT_STARTS") else { return }
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard file >= 0 else { return }
        defer { close(file) }
        let line = Array("\(kind) \(name)\n".utf8)
        _ = write(file, line, line.count)
    }
}

/// Ends what tests have started and left running, however the tests ended.
///
/// A shell reads each start from a pipe. When the pipe ends, because the tests have, it kills those that still run. By then
/// another process may have the number of one that ended long ago, so the program that it runs is compared too.
private final class Orphans: @unchecked Sendable {
    private static let script = """
        while read -r number program; do set -- "$@" "$number" "$program"; done
        while [ $# -gt 0 ]; do
          if [ "$(readlink "/proc/$1/exe")" = "$2" ]; then kill -9 "$1"; fi
          shift 2
        done
        """

    private let shell = Process()
    private let input = Pipe()

    /// Starts the shell if it does not run yet; only one thread at a time may call this and ``add(_:)``.
    func begin() throws {
        guard shell.processIdentifier == 0 else { return }
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", Self.script]
        shell.standardInput = input
        shell.standardOutput = FileHandle.nullDevice
        shell.standardError = FileHandle.nullDevice
        try shell.run()
    }

    func add(_ process: Process) {
        guard let program = process.executableURL?.resolvingSymlinksInPath().path else { return }
        let line = Data("\(process.processIdentifier) \(program)\n".utf8)
        try? input.fileHandleForWriting.write(contentsOf: line)
    }
}
