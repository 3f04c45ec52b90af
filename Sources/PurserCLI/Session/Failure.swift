import ArgumentParser
import Purser
import PurserAWS
import PurserCore

/// A command line that cannot be run: exit code 64.
struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Returns whether an error means that the command line cannot be run.
func isWrongUsage(_ error: any Error) -> Bool {
    error is UsageError || error is TrafficError || error is UnknownSubject
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
    /// A dataset that `--self-check` found to break a rule.
    static let violated = ExitCode(1)
    static let inAlarm = ExitCode(2)
    static let failed = ExitCode(3)
    static let usage = ExitCode(64)
}

/// Writes an error to stderr. Several faults are on several lines, each with the program's name.
func sayFaults(_ error: any Error) {
    "\(error)".split(separator: "\n").forEach { say("purser: \($0)") }
}

/// Runs a command's work; an error is written to stderr in plain words and becomes an exit code.
func reporting<Value>(_ work: () throws -> Value) throws -> Value {
    do {
        return try work()
    } catch let error as ExitCode {
        throw error
    } catch {
        sayFaults(error)
        throw isWrongUsage(error) ? Exit.usage : Exit.failed
    }
}

/// Reads something that the user wrote on the command line or in a variable: its faults are those of the usage.
func asUsage<Value>(_ read: () throws -> Value) throws -> Value {
    do {
        return try read()
    } catch let error where error is Diagnostics || error is SecretSealError {
        throw UsageError("\(error)")
    }
}
