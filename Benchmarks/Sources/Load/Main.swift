import Glibc

/// Sends one HTTP request repeatedly, and prints the results as a line of JSON.
///
///     Load --to 127.0.0.1:8080 --path /chat --body '{"message":"Hello"}' [--header 'Name: value']...
///         [--connections 1] [--rate PER-SECOND] [--requests N] [--seconds N] [--timeout-seconds 60] [--pid PID]...
///
/// With a rate, requests are due at fixed intervals, whatever happens to the earlier ones (an open loop), and latency
/// is measured from when a request was due, so a server that stalls is noticed. All requests that fall due within the
/// seconds are sent, however late. Without a rate, every connection sends its next request when the last one is
/// answered. The run ends after the requests or the seconds, whichever comes first. There is one thread, and at most
/// one request in flight on each connection. The end of a response is determined by Content-Length, by its last chunk
/// (as for server-sent events), or by the end of the connection.
@main
struct Main {
    static func main() {
        signal(SIGPIPE, SIG_IGN)
        do {
            let settings = try LoadSettings(Array(CommandLine.arguments.dropFirst()))
            let before = settings.processes.map(ProcessFigures.init)
            var run = try LoadRun(settings)
            try run.run()
            let after = settings.processes.map(ProcessFigures.init)
            print(run.report(processes: zip(before, after).map { $1.json(since: $0) }))
        } catch {
            let line = Array("Load: \(error)\n".utf8)
            _ = write(2, line, line.count)
            exit(1)
        }
    }
}

struct LoadFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Returns the nanoseconds of the monotonic clock.
func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
