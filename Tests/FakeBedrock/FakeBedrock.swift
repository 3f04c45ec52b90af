import Glibc
import PurserAWS

/// A fake Bedrock on the loopback interface: Converse and ConverseStream with configured answers, tokens and faults.
///
///     FakeBedrock [--listen 127.0.0.1:0] [--latency-ms 0] [--piece-ms 0] [--seed 1] [--input-tokens A..B]
///         [--output-tokens A..B] [--fault NAME=PROBABILITY]... [--script NAME,NAME,...] [--journal FILE]
///         [--max-skew-seconds 300] [--help]
///
/// It verifies signatures with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, prints a line of JSON with
/// its `port` when it is ready, and exits on SIGTERM or when a pipe at its standard input closes.
@main
struct FakeBedrock {
    static func main() {
        signal(SIGPIPE, SIG_IGN)
        allowManyFiles()
        do {
            let settings = try FakeSettings(arguments: Array(CommandLine.arguments.dropFirst()))
            let credentials = try AWSCredentials(environment: environment())
            let model = try FakeModel(settings)
            let check = SignatureCheck(credentials, mostSkewSeconds: settings.mostSkewSeconds)
            let server = try FakeServer(settings, FakeRoutes(model: model, check: check))
            print("{\"ready\":true,\"listen\":\"\(settings.address):\(server.port)\",\"port\":\(server.port)}")
            fflush(nil)
            server.run()
        } catch {
            FakeFault("\(error)").end(code: 64)
        }
    }

    private static func environment() -> [String: String] {
        var values: [String: String] = [:]
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
            if let value = getenv(name) { values[name] = String(cString: value) }
        }
        return values
    }

    private static func allowManyFiles() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
    }
}

/// An invalid argument or a failed system call.
struct FakeFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    /// Creates a fault with the system's message for the call that just failed.
    init(system call: String) {
        description = call + ": " + String(cString: strerror(errno))
    }

    /// Writes the fault to standard error and exits.
    func end(code: Int32) -> Never {
        let line = Array("FakeBedrock: \(description)\n".utf8)
        _ = write(2, line, line.count)
        exit(code)
    }
}
