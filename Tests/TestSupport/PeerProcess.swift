import Foundation
import PurserAWS
package import PurserCore
package import PurserHTTP
import Synchronization
package import Testing

/// A Python program that tests call over its standard input and output, or through a port that it announces there.
///
/// Peers check what is right (a signature, a message's content) independently of our code. They are in `Tests/Peers`
/// and need the packages of a virtual environment. One process of each script serves all tests of a run: it starts
/// with the first test that uses it. Questions are numbered, so many tests can ask concurrently, and none waits for
/// another's answer. A peer keeps the data of a test under the test's key (a port, a queue's name, an access key).
///
/// A peer ends when its input closes, so tests that end or are killed leave no peer behind.
package final class PeerProcess: Sendable {
    private struct Questions {
        var last = 0
        var open: [Int: PeerAnswer] = [:]
        var hasEnded = false
    }

    private static let running = Mutex<[String: PeerProcess]>([:])

    private let name: String
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    /// Keeps the bytes of one question together.
    private let writing = Mutex(())
    private let questions = Mutex(Questions())
    /// The peer's first line.
    private let announcement: PeerAnswer

    /// The virtual environment's interpreter: in PURSER_TEST_VENV, else in `.venv-test` at the root of the repository.
    package static var pythonPath: String {
        (ProcessInfo.processInfo.environment["PURSER_TEST_VENV"] ?? repositoryPath + "/.venv-test") + "/bin/python3"
    }

    /// Whether tests with a peer run. They do if the interpreter exists, and always with PURSER_REQUIRE_PEERS=1, but
    /// then they fail if it does not exist.
    fileprivate static var isAvailable: Bool {
        if TestScope.isQuick { return false }
        return ProcessInfo.processInfo.environment["PURSER_REQUIRE_PEERS"] == "1"
            || FileManager.default.isExecutableFile(atPath: pythonPath)
    }

    private static let needs = "needs the packages of Tests/requirements.txt in the virtual environment .venv-test"

    /// The comment on a skipped test.
    fileprivate static var comment: Comment {
        TestScope.isQuick ? "left out of a quick run, which starts no programs" : Comment(rawValue: needs)
    }

    private static let repositoryPath = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// How long a test waits for another program. Only a program that hangs takes that long, however slow the machine
    /// is: the times on an idle machine do not apply to one that runs hundreds of concurrent tests. Peers have no time
    /// limits.
    package static let patienceSeconds = 600.0

    /// Returns the peer of `Tests/Peers/<script>`, which is started if this run has not started it yet.
    package static func shared(_ script: String) throws -> PeerProcess {
        try running.withLock { running in
            if let peer = running[script] { return peer }
            let peer = try PeerProcess(script)
            running[script] = peer
            return peer
        }
    }

    private init(_ script: String) throws {
        name = script
        announcement = PeerAnswer(of: script)
        guard FileManager.default.isExecutableFile(atPath: Self.pythonPath) else {
            throw PeerError("there is no \(Self.pythonPath); a peer \(Self.needs)")
        }
        process.executableURL = URL(fileURLWithPath: Self.pythonPath)
        process.arguments = [Self.repositoryPath + "/Tests/Peers/\(script)"]
        process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
        process.standardInput = input
        process.standardOutput = output
        try ProcessStart.run(process)
        Thread.detachNewThread { self.readAnswers() }
    }

    /// Returns what the peer announced when it was ready.
    package func ready<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try announcement.wait().decoded(type)
    }

    /// Returns what the peer announced when it was ready.
    package func ready<Value: Decodable>(_ type: Value.Type) async throws -> Value {
        try await announcement.value().decoded(type)
    }

    /// Asks, and waits for the answer; throws if the peer failed, ended or did not answer in time.
    package func ask<Value: Decodable>(_ question: JSONValue, for type: Value.Type) throws -> Value {
        try begin(question).wait().decoded(type)
    }

    /// Asks, and waits for the answer; throws if the peer failed, ended or did not answer in time.
    package func ask<Value: Decodable>(_ question: JSONValue, for type: Value.Type) async throws -> Value {
        try await begin(question).value().decoded(type)
    }

    /// Asks, and waits for the answer as JSON.
    package func ask(_ question: JSONValue) throws -> JSONValue {
        try JSONValue(parsing: begin(question).wait().text)
    }

    /// Asks, and waits for the answer as JSON.
    package func ask(_ question: JSONValue) async throws -> JSONValue {
        try await JSONValue(parsing: begin(question).value().text)
    }

    /// Asks without waiting, and returns the pending answer.
    package func begin(_ question: JSONValue) throws -> PeerAnswer {
        let answer = PeerAnswer(of: name)
        let number = try questions.withLock { questions in
            if questions.hasEnded { throw PeerError("\(name) has ended") }
            questions.last += 1
            questions.open[questions.last] = answer
            return questions.last
        }
        let line = Data("\(number) \(question.text())\n".utf8)
        try writing.withLock { _ in try input.fileHandleForWriting.write(contentsOf: line) }
        return answer
    }

    /// Reads lines to the end of the output, and passes each to the question with its number.
    private func readAnswers() {
        var unread: [UInt8] = []
        while true {
            let piece = output.fileHandleForReading.availableData
            if piece.isEmpty { break }
            unread += piece
            guard let end = unread.lastIndex(of: UInt8(ascii: "\n")) else { continue }
            for line in unread[..<end].split(separator: UInt8(ascii: "\n")) {
                take(String(decoding: line, as: UTF8.self))
            }
            unread.removeSubrange(...end)
        }
        let open = questions.withLock { questions in
            questions.hasEnded = true
            defer { questions.open = [:] }
            return Array(questions.open.values)
        }
        for answer in open + [announcement] { answer.give(.failure(PeerError("\(name) ended"))) }
    }

    /// A line is a number and an answer, `NUMBER! MESSAGE` if the peer failed, or the peer's announcement.
    private func take(_ line: String) {
        let parts = line.split(separator: " ", maxSplits: 1)
        guard let first = parts.first else { return }
        let word = first.hasSuffix("!") ? first.dropLast() : first
        guard parts.count == 2, let number = Int(word) else {
            return announcement.give(.success(PeerAnswer.Text(peer: name, text: line)))
        }
        let answer = questions.withLock { $0.open.removeValue(forKey: number) }
        let text = String(parts[1])
        answer?.give(
            word == first
                ? .success(PeerAnswer.Text(peer: name, text: text)) : .failure(PeerError("\(name) failed: \(text)"))
        )
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips the tests if there are no peers, and in a quick run.
    package static var needsPeers: Self {
        .enabled(if: PeerProcess.isAvailable, PeerProcess.comment)
    }
}

extension HTTPClient {
    /// A client for peers, which waits as long as a test does.
    package static let patient = HTTPClient(
        connectTimeoutSeconds: PeerProcess.patienceSeconds,
        timeoutSeconds: PeerProcess.patienceSeconds
    )

    /// Returns the same client with a limit other than the default.
    package static func patient(responseLimitBytes: Int) -> HTTPClient {
        HTTPClient(
            connectTimeoutSeconds: PeerProcess.patienceSeconds,
            timeoutSeconds: PeerProcess.patienceSeconds,
            responseLimitBytes: responseLimitBytes
        )
    }
}
