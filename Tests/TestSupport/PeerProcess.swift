import Foundation
public import PurserAWS

/// A Python program that a test talks to over its standard input and output, or through a port that it announces there.
///
/// Peers are programs that say independently of us what is right (a signature, a message's content). They live in
/// a test target's folder `Peers`, need the packages of a virtual environment, and end when their input closes, so that
/// a killed test leaves none behind.
public final class PeerProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var unread: [UInt8] = []
    private let name: String

    /// The virtual environment's interpreter: in PURSER_TEST_VENV, else in `.venv-test` at the root of the repository.
    public static var pythonPath: String {
        (ProcessInfo.processInfo.environment["PURSER_TEST_VENV"] ?? repositoryPath + "/.venv-test") + "/bin/python3"
    }

    /// Whether tests with a peer run: where the interpreter is, and everywhere under PURSER_REQUIRE_PEERS=1 (and then
    /// they fail where it is not).
    public static var isAvailable: Bool {
        ProcessInfo.processInfo.environment["PURSER_REQUIRE_PEERS"] == "1"
            || FileManager.default.isExecutableFile(atPath: pythonPath)
    }

    /// What to say of a test that is skipped.
    public static let comment = "needs the packages of Tests/requirements.txt in the virtual environment .venv-test"

    private static let repositoryPath = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// How long a test waits for another program. Only one that hangs takes so long, however slow the machine is: what
    /// ends in time on a quiet machine says nothing of one that runs hundreds of tests at once. Peers have no limits of their own.
    public static let patienceSeconds = 600.0

    /// Pipes that one start creates must not reach the child of another.
    static let startLock = NSLock()

    /// Starts `Tests/<target>/Peers/<script>`.
    public init(_ script: String, _ arguments: [String] = [], of target: String = "PurserAWSTests") throws {
        name = script
        guard FileManager.default.isExecutableFile(atPath: Self.pythonPath) else {
            throw PeerError("there is no \(Self.pythonPath); a peer \(Self.comment)")
        }
        process.executableURL = URL(fileURLWithPath: Self.pythonPath)
        process.arguments = [Self.repositoryPath + "/Tests/\(target)/Peers/\(script)"] + arguments
        process.standardInput = input
        process.standardOutput = output
        // Writing to a peer that has ended must throw, and not end the tests.
        signal(SIGPIPE, SIG_IGN)
        Self.startLock.lock()
        defer { Self.startLock.unlock() }
        try process.run()
        StartCount.note("python", script)
        try output.fileHandleForWriting.close()
    }

    deinit {
        stop()
    }

    /// Runs a test's body with a peer, and stops the peer however the body ends.
    public static func with<Value>(
        _ script: String,
        _ arguments: [String] = [],
        of target: String = "PurserAWSTests",
        _ body: (PeerProcess) throws -> Value
    ) throws -> Value {
        let peer = try PeerProcess(script, arguments, of: target)
        defer { peer.stop() }
        return try body(peer)
    }

    /// The next line of the peer's output, without its end; throws where none comes in time.
    public func readLine() throws -> String {
        let deadline = Date(timeIntervalSinceNow: Self.patienceSeconds)
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: unread[..<end], as: UTF8.self)
                unread.removeSubrange(...end)
                return line
            }
            var waiting = pollfd(fd: output.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
            let milliseconds = Int32(max(0, deadline.timeIntervalSinceNow * 1000))
            guard poll(&waiting, 1, milliseconds) > 0 else { throw PeerError("\(name) said nothing in time") }
            let piece = output.fileHandleForReading.availableData
            guard !piece.isEmpty else { throw PeerError("\(name) ended") }
            unread += piece
        }
    }

    /// The next line of the peer's output, read as JSON.
    public func readJSON<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let line = try readLine()
        do {
            return try JSONDecoder().decode(type, from: Data(line.utf8))
        } catch {
            throw PeerError("\(name) said \"\(line)\", which is no \(type)")
        }
    }

    /// Sends the peer a line.
    public func write(_ line: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    }

    /// Ends the peer and waits until it is gone; a second call does nothing.
    public func stop() {
        guard process.isRunning else { return }
        try? input.fileHandleForWriting.close()
        process.terminate()
        process.waitUntilExit()
    }
}

extension HTTPClient {
    /// A client for peers, which waits as long as a test does.
    public static let patient = HTTPClient(
        connectTimeoutSeconds: PeerProcess.patienceSeconds,
        timeoutSeconds: PeerProcess.patienceSeconds
    )

    /// The same with another limit than a client has by itself.
    public static func patient(responseLimitBytes: Int) -> HTTPClient {
        HTTPClient(
            connectTimeoutSeconds: PeerProcess.patienceSeconds,
            timeoutSeconds: PeerProcess.patienceSeconds,
            responseLimitBytes: responseLimitBytes
        )
    }
}

/// A peer that could not be started or did not answer.
public struct PeerError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
