import Foundation
import Synchronization

/// A server that a test starts, talks to on loopback, and stops by its process id.
///
/// The server says on its standard output where it listens, with one line of JSON that has `ready` and `listen`.
public final class ServerProcess {
    private let process = Process()
    /// Never written to: a server that watches it ends with the tests, however they end.
    private let input = Pipe()
    private let output: Collected
    private let errors: Collected
    private let name: String
    /// Where it listens: `127.0.0.1:40001`.
    public private(set) var address = ""

    /// Starts a program that was built beside the tests, and waits until it is ready.
    ///
    /// Throws with what the program said where it ends or is not ready within `timeoutSeconds`.
    public init(
        _ program: String,
        _ arguments: [String] = [],
        environment: [String: String],
        timeoutSeconds: Double = 60
    ) throws {
        name = program
        process.executableURL = URL(fileURLWithPath: PurserProgram.path).deletingLastPathComponent()
            .appendingPathComponent(program)
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true"]
            .merging(environment) { _, new in new }
        let (stdout, stderr) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = stdout
        process.standardError = stderr
        try process.run()
        // The reader sees the end only where nobody else can write.
        try stdout.fileHandleForWriting.close()
        try stderr.fileHandleForWriting.close()
        output = Collected(stdout.fileHandleForReading)
        errors = Collected(stderr.fileHandleForReading)
        guard let line = output.firstLine(timeoutSeconds: timeoutSeconds),
            let ready = try? JSONDecoder().decode(Ready.self, from: Data(line.utf8))
        else {
            kill()
            throw ServerError("\(program) is not ready: \(output.text) \(errors.text)")
        }
        address = ready.listen
    }

    deinit {
        kill()
    }

    private struct Ready: Decodable {
        var ready: Bool
        var listen: String
    }

    /// The port of ``address``.
    public var port: String {
        String(address.split(separator: ":").last ?? "")
    }

    public var processId: Int32 {
        process.processIdentifier
    }

    /// The lines of its standard output so far.
    public var lines: [String] {
        output.text.split(separator: "\n").map(String.init)
    }

    /// What it wrote to its standard error so far.
    public var errorText: String {
        errors.text
    }

    /// Asks it to end, waits until it has, and gives its exit code.
    @discardableResult
    public func terminate() -> Int32 {
        if process.isRunning { process.terminate() }
        return wait()
    }

    /// Asks it to end, and returns at once.
    public func beginTermination() {
        process.terminate()
    }

    /// Waits until it has ended, and gives its exit code.
    public func wait() -> Int32 {
        process.waitUntilExit()
        output.waitForEnd()
        return process.terminationStatus
    }

    /// Kills it, as a machine does that has no memory left.
    public func kill() {
        guard process.isRunning else { return }
        _ = Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Everything that comes out of a pipe, read by a thread of its own so that the writer never waits.
    private final class Collected: Sendable {
        private let data = Mutex(Data())
        private let line = DispatchSemaphore(value: 0)
        private let end = DispatchSemaphore(value: 0)

        init(_ handle: FileHandle) {
            let descriptor = handle.fileDescriptor
            Thread.detachNewThread { [self] in
                var buffer = [UInt8](repeating: 0, count: 65_536)
                var hasLine = false
                while true {
                    let count = read(descriptor, &buffer, buffer.count)
                    if count < 0 && errno == EINTR { continue }
                    guard count > 0 else { break }
                    data.withLock { $0.append(contentsOf: buffer[..<count]) }
                    if !hasLine, buffer[..<count].contains(UInt8(ascii: "\n")) {
                        hasLine = true
                        line.signal()
                    }
                }
                withExtendedLifetime(handle) {}
                line.signal()
                end.signal()
            }
        }

        var text: String {
            data.withLock { String(decoding: $0, as: UTF8.self) }
        }

        func firstLine(timeoutSeconds: Double) -> String? {
            guard line.wait(timeout: .now() + timeoutSeconds) == .success else { return nil }
            return text.split(separator: "\n").first.map(String.init)
        }

        func waitForEnd() {
            if end.wait(timeout: .now() + 10) == .success { end.signal() }
        }
    }
}

/// A server that did not start.
public struct ServerError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension ServerProcess {
    /// Starts `purserd` on a free port of loopback, for everybody on this machine, with the embedded model unless
    /// `environment` says otherwise.
    public static func purserd(store: String, environment: [String: String] = [:]) throws -> ServerProcess {
        let all = [
            "PURSERD_LISTEN": "127.0.0.1:0", "PURSER_STORE": store, "PURSERD_AUTH": "none",
            "PURSERD_MODEL": "embedded",
        ]
        return try ServerProcess("purserd", environment: all.merging(environment) { _, new in new })
    }
}
