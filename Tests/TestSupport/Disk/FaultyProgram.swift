package import Foundation
package import Testing

/// Runs a program that is killed, made to fail, or made to show its files as a kill at each moment would leave them.
package struct FaultyProgram: Sendable {
    package struct Run: Sendable {
        /// Whether it ended as `kill -9` ends a process.
        package var isKilled: Bool
        package var said: Said
        package var numbers: [String: Int] { said.numbers }
        package var lines: [String] { said.lines }
    }

    /// A run that ended neither successfully nor by the requested kill.
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    /// The name of the program, which is next to the tests.
    package let name: String
    package let arguments: [String]

    package init(name: String, arguments: [String]) {
        self.name = name
        self.arguments = arguments
    }

    package func start(_ plan: DiskPlan = .none) throws -> RunningProgram {
        let running = RunningProgram()
        running.process.executableURL = URL(fileURLWithPath: PurserProgram.path).deletingLastPathComponent()
            .appendingPathComponent(name)
        running.process.arguments = arguments
        running.process.environment = try plan.environment
        running.process.standardInput = running.input
        running.process.standardOutput = running.output
        running.process.standardError = running.errors
        try ProcessStart.run(running.process)
        return running
    }

    package func run(_ plan: DiskPlan = .none) throws -> Run {
        try start(plan).end()
    }

    /// The files of a program as a kill before a disk operation, or in the middle of a write, would leave them.
    package struct Image {
        package var number: Int
        /// Whether half of the operation, which is a write, is done.
        package var isHalf: Bool
        /// The copy of the program's folder, which the visitor may change.
        package var folder: URL
        /// The program's output by then, which is what it has acknowledged.
        package var said: Said

        /// The name of the operation, for a failed expectation.
        package var note: Comment { "killed at operation \(number)\(isHalf ? ", half-way" : "")" }

        package func path(_ name: String) -> String {
            folder.appendingPathComponent(name).path
        }
    }

    /// The moments for which a run made images.
    package struct Moments: Sendable {
        /// The number of moments whose image was visited.
        package var visited = 0
        /// The number of moments at which nothing had changed since the previous one.
        package var same = 0
        package var all: Int { visited + same }
    }

    /// Runs the program once and calls `visit` with each image of its folder in a lane, one after the other. The
    /// program waits during each visit.
    package func images(
        of folder: URL,
        lane: DiskPlan.Lane,
        _ visit: (Image) throws -> Void
    ) throws -> Moments {
        let copies = try TemporaryFolder(inMemory: true)
        let copy = copies.url.appendingPathComponent("image")
        let plan = DiskPlan.Images(folder: folder.path, copy: copy.path, lane: lane)
        var said = Said()
        var moments = Moments()
        try start(.images(plan)).answering { line in
            let words = line.split(separator: " ")
            if words.first == "same" {
                moments.same += 1
                return false
            }
            guard words.first == "image", words.count > 1, let number = Int(words[1]) else {
                said.add(line)
                return false
            }
            moments.visited += 1
            try visit(Image(number: number, isHalf: words.count > 2, folder: copy, said: said))
            return true
        }
        return moments
    }

    /// The result of ``FaultyMain/runFailing(_:at:_:)`` at one operation.
    package struct Failing {
        package var operation: Int
        /// Whether the body ended without an error.
        package var isDone: Bool
        /// The lines of this operation's run.
        package var lines: [String]
    }

    /// Runs a program that fails at one operation after the other, and calls `visit` after each. The program waits
    /// during each visit.
    package func failing(_ visit: (Failing) throws -> Void) throws {
        var lines: [String] = []
        try start().answering { line in
            let words = line.split(separator: " ")
            guard words.count == 2, ["done", "ended"].contains(words[0]), let operation = Int(words[1]) else {
                lines.append(line)
                return false
            }
            defer { lines = [] }
            try visit(Failing(operation: operation, isDone: words[0] == "done", lines: lines))
            return true
        }
    }
}

/// The output of a program.
package struct Said: Sendable, Equatable {
    /// The last number after each word.
    package var numbers: [String: Int] = [:]
    /// All other lines.
    package var lines: [String] = []

    package init() {}

    package mutating func add(_ line: String) {
        let words = line.split(separator: " ")
        if words.count == 2, let number = Int(words[1]) {
            numbers[String(words[0])] = number
        } else {
            lines.append(line)
        }
    }
}

/// A program that has been started and not yet waited for.
package final class RunningProgram {
    package let process = Process()
    package let (input, output, errors) = (Pipe(), Pipe(), Pipe())
    private var heard = Data()

    /// Returns the next line of its output; nil if it ends instead.
    package func awaitLine() -> String? {
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

    /// Calls `hear` with each line until the program ends, and writes it a line whenever `hear` returns true.
    func answering(_ hear: (String) throws -> Bool) throws {
        do {
            while let line = awaitLine() {
                if try hear(line) { try input.fileHandleForWriting.write(contentsOf: Data("\n".utf8)) }
            }
        } catch {
            // The program waits for a line, and may have inherited blocked signals.
            try? input.fileHandleForWriting.close()
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            throw error
        }
        if try end().isKilled { throw FaultyProgram.Failure(description: "it was killed by another process") }
    }

    /// Closes its input and waits for its end; throws if it failed.
    package func end() throws -> FaultyProgram.Run {
        try input.fileHandleForWriting.close()
        var said = Said()
        while let line = awaitLine() { said.add(line) }
        // A failure is one short line, which fits into the pipe.
        let failure = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        switch (process.terminationReason, process.terminationStatus) {
        case (.exit, 0): return FaultyProgram.Run(isKilled: false, said: said)
        case (.uncaughtSignal, SIGKILL): return FaultyProgram.Run(isKilled: true, said: said)
        case (_, let status):
            let last = said.numbers.map { "\($0) \($1)" }.joined(separator: ", ")
            throw FaultyProgram.Failure(description: "it ended with \(status) after \(last): \(failure)")
        }
    }
}
