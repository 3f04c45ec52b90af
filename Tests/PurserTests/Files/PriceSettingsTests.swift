import Foundation
import PurserCore
import TestSupport
import Testing

@testable import Purser

@Suite struct PriceSettingsTests {
    private static let arn = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123"

    private func write(_ text: String, to path: String) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    @Test("the file of ARNs is the named one, or arns.csv beside the price file, or the shipped one")
    func places() throws {
        let folder = try TemporaryFolder()
        var settings = PriceSettings()
        #expect(try settings.read() == .shipped() && settings.paths == [])
        try write("arn,model_id\n\(Self.arn),amazon.nova-lite-v1:0\n", to: folder.path("named.csv"))
        settings.arnsPath = folder.path("named.csv")
        #expect(try settings.read().price(for: Self.arn, at: .now)?.modelId == "amazon.nova-lite-v1:0")

        settings = PriceSettings()
        settings.pricesPath = folder.path("p.csv")
        try TestPriceFile.write(("x.y", "", "1", "1"), to: folder.path("p.csv"))
        #expect(try settings.read().arns.rows.isEmpty)
        #expect(settings.paths == [folder.path("p.csv"), folder.path("arns.csv")])
        try write("arn,model_id\n\(Self.arn),x.y\n", to: folder.path("arns.csv"))
        #expect(try settings.read().price(for: Self.arn, at: .now)?.modelId == "x.y")
    }

    @Test("the faults of both files are reported together, and a missing file by its path")
    func faults() throws {
        let folder = try TemporaryFolder()
        var settings = PriceSettings()
        settings.pricesPath = folder.path("p.csv")
        settings.arnsPath = folder.path("none.csv")
        try write("", to: folder.path("p.csv"))
        let error = #expect(throws: Diagnostics.self) { try settings.read() }
        #expect(
            error?.all.map(\.description) == [
                "\(folder.path("none.csv")): there is no such file or folder",
                "\(folder.path("p.csv")): the file has no prices; its first line must name the columns",
            ]
        )
    }

    @Test("a path with a colon is kept whole in the fault")
    func colon() throws {
        let folder = try TemporaryFolder()
        var settings = PriceSettings()
        settings.pricesPath = folder.path("a: b.csv")
        let error = #expect(throws: Diagnostics.self) { try settings.read() }
        let fault = Diagnostic(file: folder.path("a: b.csv"), "there is no such file or folder")
        #expect(error?.all == [fault])
    }

    @Test("a file's stamp changes when it is replaced, and a pipe is not a regular file")
    func stamps() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("p.csv")
        #expect(FileStamp(path) == nil)
        try write("a", to: path)
        let first = try #require(FileStamp(path))
        #expect(FileStamp(path) == first && first.isRegular)
        try write("b", to: path)
        #expect(FileStamp(path) != first)
        #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
        #expect(FileStamp(folder.path("pipe"))?.isRegular == false)
    }
}
