import FaultyDisk
import Foundation

/// The frame of a program that tests start and kill: PURSER_FAULT_AT and PURSER_FAULT_TORN make it die at a disk operation.
public enum FaultyMain {
    /// Runs `body` with the arguments, of which there must be so many after the program's name; an error is one line on
    /// stderr and exit code 1.
    public static func run(leastArguments: Int, _ body: ([String]) throws -> Void) {
        let environment = ProcessInfo.processInfo.environment
        let at = environment["PURSER_FAULT_AT"].flatMap { Int($0) } ?? 0
        guard faulty_disk_install(at, environment["PURSER_FAULT_TORN"] == nil ? 0 : 1) == 0 else { exit(70) }
        guard CommandLine.arguments.count > leastArguments else { exit(64) }
        do {
            try body(CommandLine.arguments)
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(1)
        }
    }

    /// Says something on stdout, a line each.
    public static func say(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// Says how many operations of the disk there were.
    public static func sayOperations() {
        say("operations \(faulty_disk_operations())")
    }
}
