import Foundation
import Glibc
import Synchronization

/// Starts the programs of tests: one mechanism for peers, servers and commands.
enum ProcessStart {
    /// Serialises starts: pipes that one start creates must not reach the child of another.
    private static let orphans = Mutex(Orphans())

    /// Starts a process that a test has prepared, and counts it.
    static func run(_ process: Process) throws {
        let path = process.executableURL?.path ?? ""
        let words = [path, process.arguments?.first ?? ""].map { URL(fileURLWithPath: $0).lastPathComponent }
        let name = words.joined(separator: " ")
        if TestScope.isQuick { throw PeerError("\(name) is started in a quick run: its test needs .startsPrograms") }
        // Writing to a program that has ended must throw, and not end the tests. A handler is not handed on to the program, as
        // ignoring the signal would be.
        signal(SIGPIPE) { _ in }
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

/// Ends what tests have started and left running, however the tests ended.
///
/// A shell reads each start from a pipe. When the pipe ends, because the tests have, programs that end with their input have a
/// moment to do so; then it kills those that still run, with what they have started, which is of their process group. By then
/// another process may have the number of one that ended long ago, so its moment of starting is compared too.
private struct Orphans: Sendable {
    private static let script = """
        starts=$(cat)
        sleep 2
        printf '%s\\n' "$starts" | while read -r number moment; do
          set -- $(sed 's/.*) //' "/proc/$number/stat" 2>/dev/null)
          if [ "${20:-none}" = "$moment" ]; then kill -9 -- "-$number" || kill -9 "$number"; fi
        done
        """

    /// The pipe's end for writing, once the shell runs.
    private var input: FileHandle?

    /// Starts the shell if it does not run yet.
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
        // One that cannot be read has ended already. The moment is the 20th word behind the program's name.
        guard let stat = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8),
            let end = stat.lastIndex(of: ")")
        else { return }
        let words = stat[end...].split(separator: " ").dropFirst()
        guard words.count >= 20 else { return }
        try? input?.write(contentsOf: Data("\(number) \(words[words.startIndex + 19])\n".utf8))
    }
}
