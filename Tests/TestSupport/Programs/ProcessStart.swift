package import Foundation
import Glibc
import Synchronization

/// Starts the programs of tests: one mechanism for peers, servers and commands.
package enum ProcessStart {
    /// Serialises starts: pipes that one start creates must not reach the child of another.
    private static let orphans = Mutex(Orphans())

    /// Starts a process that a test has prepared, and counts it.
    package static func run(_ process: Process) throws {
        let path = process.executableURL?.path ?? ""
        let words = [path, process.arguments?.first ?? ""].map { URL(fileURLWithPath: $0).lastPathComponent }
        let name = words.joined(separator: " ")
        if TestScope.isQuick { throw PeerError("\(name) is started in a quick run: its test needs .startsPrograms") }
        // Writing to a program that has ended must throw instead of ending the tests. Unlike an ignored signal, a
        // handler is not inherited by the program.
        signal(SIGPIPE) { _ in }
        // A thread of libdispatch blocks signals, and the program would inherit that; a user's shell blocks none.
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try orphans.withLock { orphans in
            try orphans.begin()
            try process.run()
            orphans.add(process.processIdentifier)
        }
        count(name)
    }

    /// Writes a line, the program and its first argument, to the file that PURSER_COUNT_STARTS names.
    private static func count(_ name: String) {
        guard let path = getenv("PURSER_COUNT_STARTS") else { return }
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard file >= 0 else { return }
        defer { close(file) }
        let line = Array("\(name)\n".utf8)
        _ = write(file, line, line.count)
    }
}

/// Ends the programs that tests have started and left running, however the tests ended.
///
/// A shell reads each start from a pipe. When the pipe closes because the tests have ended, programs that exit when
/// their input closes have a moment to do so. Then the shell kills the programs that are still running and those that
/// they have started, which are in their process group. By then another process may have the id of one that ended long
/// ago, so the start time is compared too.
private struct Orphans: Sendable {
    private static let script = """
        starts=$(cat)
        sleep 2
        printf '%s\\n' "$starts" | while read -r number moment; do
          set -- $(sed 's/.*) //' "/proc/$number/stat" 2>/dev/null)
          if [ "${20:-none}" = "$moment" ]; then kill -9 -- "-$number" || kill -9 "$number"; fi
        done
        """

    /// The writing end of the pipe, once the shell runs.
    private var input: FileHandle?

    /// Starts the shell if it is not running yet.
    mutating func begin() throws {
        guard input == nil else { return }
        let (shell, pipe) = (Process(), Pipe())
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", Self.script]
        shell.standardInput = pipe
        shell.standardOutput = FileHandle.nullDevice
        shell.standardError = FileHandle.nullDevice
        try shell.run()
        input = pipe.fileHandleForWriting
    }

    func add(_ number: Int32) {
        // A process that cannot be read has ended already. The start time is the 20th word after the program's name.
        guard let stat = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8),
            let end = stat.lastIndex(of: ")")
        else { return }
        let words = stat[end...].split(separator: " ").dropFirst()
        guard words.count >= 20 else { return }
        try? input?.write(contentsOf: Data("\(number) \(words[words.startIndex + 19])\n".utf8))
    }
}
