import Foundation
package import PurserCore
import Synchronization
import Testing

/// A server that a test starts and ends by its process id; the test waits until the server reports on standard output
/// that it is ready.
package final class ServerProcess {
    /// Its executable's name.
    package let name: String
    /// The line of JSON with which it reported that it is ready.
    package let ready: JSONValue
    private let process = Process()
    private let processEnd: ProcessEnd
    private let input = Pipe()
    private let output = CollectedOutput()
    private let errors = CollectedOutput()

    /// Starts a program with only the given environment, and waits for its line.
    ///
    /// - Parameter isReady: Distinguishes the line from others, such as those of a log.
    package init(
        executable: String,
        arguments: [String] = [],
        environment: [String: String],
        isReady: (JSONValue) -> Bool
    ) throws {
        name = URL(fileURLWithPath: executable).lastPathComponent
        processEnd = ProcessEnd(of: process)
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.environment = environment
        let (stdout, stderr) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = stdout
        process.standardError = stderr
        try ProcessStart.run(process)
        output.collect(stdout.fileHandleForReading)
        errors.collect(stderr.fileHandleForReading)
        let found = output.awaitLine { line -> JSONValue? in
            guard let value = try? JSONValue(parsing: line), isReady(value) else { return nil }
            return value
        }
        guard let found else {
            let hasEnded = output.hasEnded
            process.terminate()
            process.waitUntilExit()
            // The threads that collect its output may not have all of it yet.
            output.awaitEnd()
            errors.awaitEnd()
            let words = "\(output.text) \(errors.text)"
            throw hasEnded ? PeerError("\(name) ended: \(words)") : .late("\(name) was not ready (\(words))")
        }
        ready = found
    }

    deinit {
        if process.isRunning { kill() }
    }

    /// Returns the path of a program that was built with the tests.
    package static func path(ofBuilt name: String) -> String {
        URL(fileURLWithPath: PurserProgram.path).deletingLastPathComponent().appendingPathComponent(name).path
    }

    package var processIdentifier: Int32 {
        process.processIdentifier
    }

    package var isRunning: Bool {
        process.isRunning
    }

    /// Its output so far.
    package var outputText: String {
        output.text
    }

    package var errorText: String {
        errors.text
    }

    /// Waits for the next line of JSON of its output that is wanted, after those that earlier waits took; nil if there
    /// is none in time.
    package func awaitLine(_ isWanted: (JSONValue) -> Bool) -> JSONValue? {
        output.awaitLine { line in
            guard let value = try? JSONValue(parsing: line), isWanted(value) else { return nil }
            return value
        }
    }

    /// Sends SIGTERM and waits for its end; returns the exit code, or 128 plus the number of the signal that ended it.
    ///
    /// A server that does not end in time is killed, and the test fails.
    @discardableResult
    package func stop() -> Int32 {
        // A child of a test's thread may have inherited blocked signals; it notices a closed input in any case.
        try? input.fileHandleForWriting.close()
        if process.isRunning { process.terminate() }
        return awaitEnd()
    }

    /// Ends it as `kill -9` does.
    package func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Waits for its end; returns the same code as ``stop()``.
    package func awaitEnd() -> Int32 {
        if !processEnd.wait() {
            Issue.record(PeerError.late("\(name) did not end"))
            kill()
        }
        output.awaitEnd()
        errors.awaitEnd()
        return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }
}

/// The output of a stream, read by its own thread so that its pipe is never full.
private final class CollectedOutput: Sendable {
    private struct State {
        var data = Data()
        /// The end of the lines that have already been taken.
        var seen = 0
        var hasEnded = false

        /// Returns the whole lines that have not been taken yet.
        mutating func takeLines() -> [String] {
            guard let last = data.lastIndex(of: UInt8(ascii: "\n")), last >= seen else { return [] }
            defer { seen = last + 1 }
            return data[seen...last].split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    private let state = Mutex(State())
    private let news = DispatchSemaphore(value: 0)

    func collect(_ file: FileHandle) {
        Thread.detachNewThread { [self] in
            while true {
                let piece = file.availableData
                state.withLock { state in
                    if piece.isEmpty { state.hasEnded = true } else { state.data += piece }
                }
                news.signal()
                if piece.isEmpty { return }
            }
        }
    }

    var hasEnded: Bool {
        state.withLock { $0.hasEnded }
    }

    var text: String {
        state.withLock { String(decoding: $0.data, as: UTF8.self) }
    }

    /// Returns the first result of `find` that is not nil; nil if no line has one in time or the stream ends.
    func awaitLine<Found>(_ find: (String) -> Found?) -> Found? {
        let deadline = DispatchTime.now() + PeerProcess.patienceSeconds
        while true {
            let (lines, hasEnded) = state.withLock { ($0.takeLines(), $0.hasEnded) }
            if let found = lines.lazy.compactMap(find).first { return found }
            if hasEnded || news.wait(timeout: deadline) == .timedOut { return nil }
        }
    }

    func awaitEnd() {
        let deadline = DispatchTime.now() + PeerProcess.patienceSeconds
        while !state.withLock({ $0.hasEnded }), news.wait(timeout: deadline) == .success {}
    }
}
