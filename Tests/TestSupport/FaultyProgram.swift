public import Foundation

/// Runs a program that is made to die.
public struct FaultyProgram: Sendable {
    public struct Run: Sendable {
        /// Whether it ended as `kill -9` ends a process.
        public var isKilled: Bool
        /// The last number behind a word that it said.
        public var numbers: [String: Int]
        /// What else it said, a line each.
        public var lines: [String] = []
    }

    /// What happens at an operation of the disk.
    public enum Fault: String, Sendable {
        case kill
        /// A write is half done before the kill.
        case torn
        /// The process lives on with the error of a full disk.
        case full
        /// The process lives on with an error of the disk.
        case broken
    }

    /// A run that ended neither well nor by the kill that was asked for.
    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    /// The program's name: it lies beside the tests.
    public let name: String
    public let arguments: [String]

    public init(name: String, arguments: [String]) {
        self.name = name
        self.arguments = arguments
    }

    public func start(_ environment: [String: String] = [:]) throws -> RunningProgram {
        let running = RunningProgram()
        running.process.executableURL = URL(fileURLWithPath: PurserProgram.path).deletingLastPathComponent()
            .appendingPathComponent(name)
        running.process.arguments = arguments
        running.process.environment = environment
        running.process.standardInput = running.input
        running.process.standardOutput = running.output
        running.process.standardError = running.errors
        try running.process.run()
        return running
    }

    public func run(at operation: Int = 0, isTorn: Bool = false) throws -> Run {
        try run(at: operation, isTorn ? .torn : .kill)
    }

    public func run(at operation: Int, _ fault: Fault) throws -> Run {
        var environment = ["PURSER_FAULT_AT": "\(operation)"]
        switch fault {
        case .kill: break
        case .torn: environment["PURSER_FAULT_TORN"] = "1"
        case .full, .broken: environment["PURSER_FAULT_ERROR"] = fault.rawValue
        }
        return try start(environment).end()
    }
}

/// A program between its start and its end.
public final class RunningProgram {
    public let process = Process()
    public let (input, output, errors) = (Pipe(), Pipe(), Pipe())
    private var heard = Data()

    /// The next line that it says; nil where it ends instead.
    public func awaitLine() -> String? {
        while true {
            if let end = heard.firstIndex(of: UInt8(ascii: "\n")) {
                defer { heard.removeSubrange(heard.startIndex...end) }
                return String(decoding: heard[..<end], as: UTF8.self)
            }
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { return nil }
            heard += more
        }
    }

    /// Closes its input, and waits for it; throws where it failed.
    public func end() throws -> FaultyProgram.Run {
        try input.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        // A failure is one short line, which the pipe holds.
        let failure = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let status = process.terminationStatus
        var numbers: [String: Int] = [:]
        var lines: [String] = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, let number = Int(words[1]) {
                numbers[String(words[0])] = number
            } else {
                lines.append(String(line))
            }
        }
        switch (process.terminationReason, status) {
        case (.exit, 0): return FaultyProgram.Run(isKilled: false, numbers: numbers, lines: lines)
        case (.uncaughtSignal, SIGKILL): return FaultyProgram.Run(isKilled: true, numbers: numbers, lines: lines)
        default:
            let last = numbers.map { "\($0) \($1)" }.joined(separator: ", ")
            throw FaultyProgram.Failure(description: "it ended with \(status) after \(last): \(failure)")
        }
    }
}
