import FaultyDisk
import Foundation

/// The frame of a program that tests start and kill: PURSER_FAULT_AT and PURSER_FAULT_TORN make it die at a disk operation,
/// and with PURSER_FAULT_ERROR, which is `full` or `broken`, the operation fails instead.
public enum FaultyMain {
    /// Runs `body` with the arguments, of which there must be so many after the program's name; an error is one line on
    /// stderr and exit code 1.
    public static func run(leastArguments: Int, _ body: ([String]) async throws -> Void) async {
        let environment = ProcessInfo.processInfo.environment
        let at = environment["PURSER_FAULT_AT"].flatMap { Int($0) } ?? 0
        let isTorn = environment["PURSER_FAULT_TORN"] != nil
        let error =
            switch environment["PURSER_FAULT_ERROR"] {
            case "full": FAULTY_DISK_FULL
            case "broken": FAULTY_DISK_BROKEN
            default: 0
            }
        guard faulty_disk_install(at, isTorn ? 1 : 0, Int32(error)) == 0 else { exit(70) }
        guard CommandLine.arguments.count > leastArguments else { exit(64) }
        do {
            try await body(CommandLine.arguments)
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
