import Foundation
import PurserCore

/// `purserd`: the chat service as a daemon.
@main
struct PurserServer {
    static func main() async {
        let environment = ProcessInfo.processInfo.environment
        do {
            let daemon = try await Daemon.build(DaemonSettings(environment), environment: environment)
            try await daemon.run()
        } catch {
            FileHandle.standardError.write(Data("purserd: \(error)\n".utf8))
            exit(1)
        }
    }
}
