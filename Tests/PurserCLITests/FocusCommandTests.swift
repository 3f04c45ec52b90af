import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

@Suite(.blocking) struct FocusCommandTests {
    private static let focus = [
        "cost", "--format", "focus", "--billing-account", "111122223333,Example", "--at", Demonstrations.end.iso8601(),
    ]

    @Test("the dataset of the demonstration adds up to the report's total, and passes its own check")
    func demonstration() throws {
        let folder = try Demonstrations.first.copy()
        let purser = PurserProgram(store: folder.path("state/purser/demo.db"))
        let result = try purser.run(Self.focus)
        #expect(result.status == 0 && result.output.hasPrefix("AvailabilityZone,BilledCost,"), "\(result.errors)")
        let records = CSVReader.read(result.output).records.map(\.fields)
        let place = try #require(records.first?.firstIndex(of: "BilledCost"))
        let costs = records.dropFirst().map { Picodollars(dollars: $0[place]) }
        let json = try JSONValue(
            parsing: try purser.run("cost", "--at", Demonstrations.end.iso8601(), "--format", "json").output
        )
        #expect(costs.count > 10 && !costs.contains(nil))
        #expect(costs.reduce(.zero) { $0 + ($1 ?? .zero) }.description == json["total"]?.string)
        let check = try purser.run(Self.focus + ["--self-check", "--focus-version", "1.2"])
        #expect(check.status == 0 && check.output.hasPrefix("\(costs.count) rows, "), "\(check)")
        #expect(check.output.hasSuffix(" rules checked\n"), "\(check)")
        let part = try purser.run(Self.focus + ["--self-check", "--where", "team=support"])
        #expect(part.status == 0 && part.output != check.output, "\(part)")
        let none = try purser.run(Self.focus + ["--where", "team=none"])
        #expect(none.status == 0 && CSVReader.read(none.output).records.count == 1, "\(none)")
    }

    @Test(
        "options that do not go together end with 64, and the message says why",
        arguments: [
            ("--format focus", "--billing-account"),
            ("--format focus --billing-account Example,111122223333", "12 digits"),
            ("--format focus --billing-account 111122223333", "12 digits"),
            ("--format focus --billing-account 111122223333,E --by team", "--by"),
            ("--format focus --billing-account 111122223333,E --time-zone Europe/Berlin", "--time-zone"),
            ("--format focus --billing-account 111122223333,E --focus-version 1.0", "only 1.2"),
            ("--billing-account 111122223333,E", "--format focus"), ("--self-check --format csv", "--format focus"),
            ("--focus-version 1.2", "--format focus"),
        ]
    )
    func usage(options: String, reason: String) throws {
        let folder = try TemporaryFolder()
        _ = try folder.store()
        let result = try PurserProgram(store: folder.path("purser.db"))
            .run(["cost"] + options.split(separator: " ").map(String.init))
        #expect(result.status == 64 && result.output.isEmpty && result.errors.contains(reason), "\(result)")
    }

    @Test("calls that are in no row are reported on stderr")
    func missing() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let time = Demonstrations.end - 3600
        let price = try #require(try TestPrices.catalog().price(for: "us.amazon.nova-lite-v1:0", at: time))
        let reservation = Reservation(
            requestId: "1",
            time: time,
            caller: Caller(),
            modelId: price.modelId,
            correlationId: nil,
            price: price,
            hold: .dollar,
            limit: nil,
            quota: nil
        )
        #expect(try store.reserve(reservation).isReserved)
        let result = try PurserProgram(store: folder.path("purser.db")).run(Self.focus)
        #expect(
            result.status == 0 && result.errors.contains("1 call not settled yet, $1.00 held: in no row"),
            "\(result)"
        )
    }
}
