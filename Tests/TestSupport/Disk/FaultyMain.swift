import FaultyDisk
import Foundation
import Synchronization

/// The main function of a program that tests start and make fail at a disk operation, as ``DiskPlan`` says.
package enum FaultyMain {
    private static let plan = Mutex(DiskPlan.none)

    /// Runs `body` with the arguments; there must be at least `leastArguments` after the program's name. An error is
    /// written to stderr as one line, and the exit code is 1.
    package static func run(leastArguments: Int, _ body: ([String]) async throws -> Void) async {
        guard faulty_disk_install(visit) == 0 else { exit(70) }
        guard CommandLine.arguments.count > leastArguments else { exit(64) }
        do {
            let plan = try DiskPlan(environment: ProcessInfo.processInfo.environment)
            Self.plan.withLock { $0 = plan }
            try await body(CommandLine.arguments)
        } catch {
            fail(error)
        }
    }

    /// Ends the program with an error.
    fileprivate static func fail(_ error: any Error) -> Never {
        FileHandle.standardError.write(Data("\(error)\n".utf8))
        exit(1)
    }

    /// How many lines ``tell(_:)`` has written.
    fileprivate static let saidLines = Mutex(0)

    /// Writes a line to stdout that says what was stored.
    package static func tell(_ text: String) {
        say(text)
        // Counted only once it is written: an image that is made before the count changes is made again.
        saidLines.withLock { $0 += 1 }
    }

    /// Writes a line to stdout.
    package static func say(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// Writes the number of disk operations.
    package static func sayOperations() {
        say("operations \(faulty_disk_operations())")
    }

    /// Runs `body` once for each of the given disk operations, with a fault at that operation.
    ///
    /// After each it writes `done N`, or `ended N` if the body threw, and waits for a line on stdin.
    package static func runFailing(
        _ fault: DiskPlan.Fault,
        at operations: some Sequence<Int>,
        _ body: (Int) async throws -> Void
    ) async {
        for operation in operations {
            plan.withLock { $0 = .at(operation, fault) }
            faulty_disk_restart()
            do {
                try await body(operation)
                say("done \(operation)")
            } catch {
                // An error before the fault has another cause.
                if faulty_disk_operations() < operation { fail(error) }
                say("ended \(operation)")
            }
            guard readLine() != nil else { return }
        }
    }

    /// Called by SQLite's layer, which passes no context, so the plan is global to the process.
    private static let visit: faulty_disk_visitor = { number, stage in
        let number = Int(number)
        switch plan.withLock(\.self) {
        case .none:
            return Int32(FAULTY_DISK_PROCEED)
        case .at(number, .kill):
            die()
        case .at(number, .torn):
            // Only a write can be half done.
            if stage != FAULTY_DISK_WRITE { die() }
            return Int32(FAULTY_DISK_HALVE)
        case .at(number, .full):
            return Int32(FAULTY_DISK_FULL)
        case .at(number, .broken):
            return Int32(FAULTY_DISK_BROKEN)
        case .at:
            return Int32(FAULTY_DISK_PROCEED)
        case .images(let images):
            guard images.lane.has(number) else { return Int32(FAULTY_DISK_PROCEED) }
            images.take(number, isHalf: stage == FAULTY_DISK_HALF_WRITTEN)
            return Int32(FAULTY_DISK_HALVE)
        }
    }

    private static func die() -> Never {
        kill(getpid(), SIGKILL)
        // The signal may take a moment.
        while true { pause() }
    }
}

extension DiskPlan.Images {
    /// The state that the last image shows.
    private struct Seen: Equatable {
        var files: [String: Data]
        var lines: Int
    }

    private static let seen = Mutex<Seen?>(nil)

    /// Copies the folder, reports that on stdout after all earlier output, and waits until the reader is done with it.
    ///
    /// If neither a byte of a lasting file nor a line of the output has changed since the last image, that image is reused.
    fileprivate func take(_ number: Int, isHalf: Bool) {
        do {
            let files = FileManager.default
            let contents = try contents()
            // If no process has the database open, SQLite rebuilds the WAL's index, whatever the file contains.
            let lasting = contents.filter { !$0.key.hasSuffix("-shm") }
            let now = Seen(files: lasting, lines: FaultyMain.saidLines.withLock(\.self))
            let isSame = Self.seen.withLock { seen in
                defer { seen = now }
                return seen == now
            }
            if isSame { return FaultyMain.say("same \(number)") }
            if files.fileExists(atPath: copy) { try files.removeItem(atPath: copy) }
            try files.createDirectory(atPath: copy, withIntermediateDirectories: false)
            for (name, data) in contents { try data.write(to: URL(fileURLWithPath: copy + "/" + name)) }
        } catch {
            FaultyMain.fail(error)
        }
        FaultyMain.say("image \(number)\(isHalf ? " half" : "")")
        _ = readLine()
    }

    private func contents() throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return Dictionary(
            uniqueKeysWithValues: try names.map { ($0, try Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0))) }
        )
    }
}
