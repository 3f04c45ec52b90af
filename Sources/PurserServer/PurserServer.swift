import Foundation
import Purser
import PurserAWS
import PurserCore
import PurserHTTP

/// `purserd`: the chat service as a daemon.
@main
struct PurserServer {
    static func main() async {
        do throws(any Error) {
            let command = try SettingsCommand(
                Array(CommandLine.arguments.dropFirst()),
                environment: ProcessInfo.processInfo.environment,
                readFile: readFile,
                fetch: { names, environment in
                    try SSMClient(AWSSession(environment: environment)).values(names)
                }
            )
            switch command {
            case .help(let text): print(text, terminator: text.hasSuffix("\n") ? "" : "\n")
            case .version: print(purserVersion)
            case .check(let settings):
                try await placing(settings) {
                    try await Daemon.check(DaemonSettings(settings.values), environment: settings.environment)
                }
                for line in settings.lines { print(line) }
                print("The settings are valid.")
            case .run(let settings):
                // Until the daemon handles it: by default, SIGHUP ends a process.
                signal(SIGHUP, SIG_IGN)
                try await placing(settings) {
                    try await Daemon.build(DaemonSettings(settings.values), environment: settings.environment).run()
                }
            }
        } catch {
            // One line for each fault, so that the operator can fix all of them at once.
            let lines = (error as? Diagnostics)?.all.map(\.description) ?? ["\(error)"]
            for line in lines { FileHandle.standardError.write(Data("purserd: \(line)\n".utf8)) }
            exit(error is Diagnostics ? 64 : 1)
        }
    }

    /// Runs `body`, and adds to its faults the places that their settings come from.
    private static func placing(_ settings: SettingsValues, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as Diagnostics {
            throw Diagnostics(error.all.map(settings.placed))
        }
    }

    /// The largest settings file that is read.
    private static let mostFileBytes = 1 << 20

    private static func readFile(_ path: String) throws -> String {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? handle.close() }
        let bytes = try handle.read(upToCount: mostFileBytes + 1) ?? Data()
        guard bytes.count <= mostFileBytes, let text = String(bytes: bytes, encoding: .utf8) else {
            throw Diagnostics([Diagnostic(file: path, "is not UTF-8 text of at most \(mostFileBytes) bytes")])
        }
        return text
    }
}
