import ArgumentParser
import Purser
import PurserCore

/// A command line that cannot be run: exit code 64.
struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Work that could not be done, in words for the user: exit code 3.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The exit codes that are not ArgumentParser's own.
enum Exit {
    static let budget = ExitCode(1)
    static let inAlarm = ExitCode(2)
    static let failed = ExitCode(3)
    static let usage = ExitCode(64)
}

/// Runs a command's work; an error is written to stderr in plain words and becomes an exit code.
func reporting<Value>(_ work: () throws -> Value) throws -> Value {
    do {
        return try work()
    } catch let error as ExitCode {
        throw error
    } catch let error as UsageError {
        say("purser: \(error)")
        throw Exit.usage
    } catch let error as TrafficError {
        say("purser: \(error)")
        throw Exit.usage
    } catch {
        // Several faults are written on several lines, each with the program's name.
        "\(error)".split(separator: "\n").forEach { say("purser: \($0)") }
        throw Exit.failed
    }
}
