import Foundation

/// A program that is started as its users start it, so that a measurement has its start and its end.
struct WholeProgram {
    let path: String

    /// Runs the program to its end without showing its output, and returns its largest resident memory in MiB.
    ///
    /// Foundation's `Process` is of no use here: it notices an end up to 50 ms later.
    ///
    /// - Parameter statuses: The exit codes of a run that did its work.
    @discardableResult
    func run(_ arguments: [String], statuses: Set<Int32> = [0]) throws -> Double {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
        }
        let words = ([path] + arguments).map { strdup($0) }
        defer { words.forEach { free($0) } }
        var process = pid_t()
        let fault = posix_spawn(&process, path, &actions, nil, words + [nil], environ)
        guard fault == 0 else { throw Failure(arguments: arguments, reason: String(cString: strerror(fault))) }
        var (status, usage) = (Int32(), rusage())
        while wait4(process, &status, 0, &usage) < 0, errno == EINTR {}
        // The low byte is 0 if the program ended by itself.
        guard status & 0xff == 0, statuses.contains(status >> 8) else {
            throw Failure(arguments: arguments, reason: "it ended with the wait status \(status)")
        }
        return Double(usage.ru_maxrss) / 1024
    }

    struct Failure: Error {
        var arguments: [String]
        var reason: String
    }
}
