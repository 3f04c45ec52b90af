import ChatService
import Foundation
import Purser
import PurserCore
import PurserHTTP
import PurserStore
import TestSupport
import Testing

@testable import PurserServer

/// The prices of a running daemon: SIGHUP and a changed file replace them.
@Suite(.blocking, .startsPrograms) struct PriceReloadTests {
    private static let model = ChatConfiguration().modelId

    private static func event(_ server: PurserdProcess, _ message: String) throws -> JSONValue {
        try #require(server.server.awaitLine { $0["message"]?.string?.hasPrefix(message) == true })
    }

    /// Returns the cost of a call, of 100 input tokens and 400 output tokens, in US dollars.
    private static func cost(_ server: PurserdProcess) throws -> String? {
        let answer = try server.post("/chat", ["message": "Hello?"])
        return try JSONValue(parsing: String(decoding: answer.body, as: UTF8.self))["cost"]?.string
    }

    @Test("SIGHUP reads the price file again; a broken file is reported and changes nothing")
    func hangUp() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("p.csv")
        try TestPriceFile.write((Self.model, "", "1", "1"), to: path)
        let server = try PurserdProcess.embedded(
            store: folder.path("purser.db"),
            environment: ["PURSER_PRICES": path]
        )
        #expect(try Self.cost(server) == "0.000500000000")

        // Either the signal or the check that runs every two seconds reads it first.
        try TestPriceFile.write((Self.model, "", "1000", "1000"), (Self.model, "x-1", "1", "1"), to: path)
        kill(server.server.processIdentifier, SIGHUP)
        let read = try Self.event(server, "the prices were read")
        #expect(read["rows"] == 2 && read["file"]?.string == path && read["level"] == "info")
        #expect(try Self.cost(server) == "0.500000000000")

        try "model_id,input\n".write(toFile: path, atomically: true, encoding: .utf8)
        let fault = try Self.event(server, "the prices could not be read")
        let faults = fault["faults"]?.array?.compactMap(\.string) ?? []
        #expect(
            fault["level"] == "error" && faults.contains { $0.hasPrefix("\(path):1: output: the column is missing") }
        )
        #expect(try Self.cost(server) == "0.500000000000")

        // A file without a price for the service's own model would refuse every request.
        try TestPriceFile.write((Self.model, "eu-west-1", "1", "1"), to: path)
        kill(server.server.processIdentifier, SIGHUP)
        let reason = "has no price while no Region is set (AWS_REGION), only in eu-west-1"
        _ = try #require(
            server.server.awaitLine { $0["faults"]?.array?.first?.string?.contains(reason) == true }
        )
        #expect(try Self.cost(server) == "0.500000000000")
        #expect(server.stop() == 0)
    }

    @Test("without a price file SIGHUP changes nothing and does not end the daemon")
    func hangUpWithoutFile() throws {
        let folder = try TemporaryFolder()
        let server = try PurserdProcess.embedded(store: folder.path("purser.db"))
        kill(server.server.processIdentifier, SIGHUP)
        _ = try Self.event(server, "there is no price file to read again")
        #expect(try Self.cost(server) == "0.000102000000")
        #expect(server.stop() == 0)
    }

    @Test("a changed file is read once by the check, a broken one is reported once, and a pipe never twice")
    func watch() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("p.csv")
        try TestPriceFile.write((Self.model, "", "1", "1"), to: path)
        let values = ["PURSERD_AUTH": "none", "PURSERD_MODEL": "embedded", "PURSER_PRICES": path]
        let settings = try DaemonSettings(values)
        let catalog = try await settings.check(environment: [:], clock: .system)
        let book = PriceBook(catalog)
        #expect(FileManager.default.createFile(atPath: folder.path("log"), contents: nil))
        let file = try #require(FileHandle(forWritingAtPath: folder.path("log")))
        let log = ServiceLog(
            output: LogOutput(descriptor: file.fileDescriptor) { _ in .null },
            level: settings.logLevel,
            now: { .now }
        )
        let watch = PriceWatch(settings, book, stamps: settings.prices.stamps, clock: .system, log: log)
        watch.readIfChanged()
        #expect(book.current == catalog)

        try TestPriceFile.write((Self.model, "", "2", "2"), to: path)
        watch.readIfChanged()
        watch.readIfChanged()
        #expect(try book.price(for: Self.model, at: .now).input == 2_000_000)
        try "no prices".write(toFile: path, atomically: true, encoding: .utf8)
        watch.readIfChanged()
        watch.readIfChanged()
        try FileManager.default.removeItem(atPath: path)
        watch.readIfChanged()
        watch.readIfChanged()
        #expect(mkfifo(path, 0o600) == 0)
        watch.readIfChanged()
        #expect(try book.price(for: Self.model, at: .now).input == 2_000_000)
        log.close()
        let lines = try String(contentsOfFile: folder.path("log"), encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 4 && lines.count { $0.contains("could not be read") } == 3, "\(lines)")
        #expect(lines.last?.contains("a price file that is not a regular file can be read only once") == true)
    }
}
