import Foundation
import PurserCore
import TestSupport
import Testing

/// `purser demo`, run once for all tests that check its output or start with its store.
enum Demonstrations {
    static let end = Timestamp(year: 2026, month: 11, day: 24, hour: 12)

    /// The demonstration as a new user runs it: the store is `state/purser/demo.db`, and the output is in `demo.txt`.
    static let first = PreparedFolder { folder in
        let purser = PurserProgram(environment: ["XDG_STATE_HOME": folder.path("state")])
        let result = try purser.run("demo", "--at", end.iso8601())
        try #require(result.status == 0, "\(result)")
        try result.output.write(toFile: folder.path("demo.txt"), atomically: true, encoding: .utf8)
    }

    /// The same demonstration with JSON output: the store is `purser.db`, and the output is in `demo.json`.
    static let json = PreparedFolder { folder in
        let purser = PurserProgram(store: folder.path("purser.db"))
        let result = try purser.run("demo", "--at", end.iso8601(), "--format", "json")
        try #require(result.status == 0 && result.errors.isEmpty, "\(result)")
        try result.output.write(toFile: folder.path("demo.json"), atomically: true, encoding: .utf8)
    }
}
