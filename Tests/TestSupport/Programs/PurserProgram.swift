package import Foundation
import Synchronization

/// Runs the `purser` that was built with the tests, as a user does.
package struct PurserProgram: Sendable {
    package struct Result: Sendable, Equatable {
        package var status: Int32
        package var output: String
        package var errors: String

        package init(status: Int32, output: String, errors: String) {
            self.status = status
            self.output = output
            self.errors = errors
        }
    }

    /// Variables in addition to PATH and the locale; nothing else from the tests' environment is passed on.
    package var environment: [String: String]

    package init(store: String? = nil, environment: [String: String] = [:]) {
        var all = ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/nonexistent", "TZ": "UTC"]
        // No test asks the network for the machine's role.
        all["AWS_EC2_METADATA_DISABLED"] = "true"
        if let store { all["PURSER_STORE"] = store }
        self.environment = all.merging(environment) { _, new in new }
    }

    /// The program's path, next to the test bundle.
    package static var path: String {
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let candidates = [own, URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()]
        let found = candidates.map { $0.appendingPathComponent("purser").path }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        return found ?? Repository.root.appendingPathComponent(".build/debug/purser").path
    }

    /// Starts the program; the caller waits for it or stops it. When it ends, the wait of `watch` ends too.
    package func start(_ arguments: [String], folder: URL? = nil, watch: FolderWatch? = nil) throws -> Process {
        let process = Process()
        if let watch { process.terminationHandler = { _ in watch.end() } }
        process.executableURL = URL(fileURLWithPath: Self.path)
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try ProcessStart.run(process)
        return process
    }

    /// Runs the program to its end.
    package func run(_ arguments: String..., input: String = "") throws -> Result {
        try run(arguments, input: input)
    }

    /// Runs the program to its end.
    package func run(_ arguments: [String], input: String = "") throws -> Result {
        try run(executable: Self.path, arguments, input: input)
    }

    /// Runs a shell script, in which `$PURSER` is the program.
    package func shell(_ script: String) throws -> Result {
        var copy = self
        copy.environment["PURSER"] = Self.path
        return try copy.run(executable: "/bin/bash", ["-c", script])
    }

    private func run(executable: String, _ arguments: [String], input: String = "") throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.environment = environment
        let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = stderr
        try ProcessStart.run(process)
        // Both streams are read concurrently, so a full pipe does not block the program.
        let errors = Mutex(Data())
        let isRead = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            let data = stderr.fileHandleForReading.readDataToEndOfFile()
            errors.withLock { $0 = data }
            isRead.signal()
        }
        try? stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try? stdin.fileHandleForWriting.close()
        let output = stdout.fileHandleForReading.readDataToEndOfFile()
        isRead.wait()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus,
            output: String(decoding: output, as: UTF8.self),
            errors: errors.withLock { String(decoding: $0, as: UTF8.self) }
        )
    }
}
