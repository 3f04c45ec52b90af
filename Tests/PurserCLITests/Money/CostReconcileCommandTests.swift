import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

@Suite(.blocking, .startsPrograms) struct CostReconcileCommandTests {
    private typealias Line = TestBill.Line
    private static let at = ["--at", "2026-11-03T00:00:00Z"]
    private static let october = CalendarMonth(year: 2026, month: 10)
    private static let input = Line("USE1-NovaLite-input-tokens", "1000000", "60")
    private static let output = Line("USE1-NovaLite-output-tokens", "100000", "24")

    /// Returns a folder with a store of one live call in October.
    private static func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let model = "us.amazon.nova-lite-v1:0"
        let time = october.start + 86_400
        let price = try #require(PriceCatalog.shipped().price(for: model, at: time))
        let usage = TokenUsage(input: 1_000_000_000, output: 100_000_000)
        let reservation = Reservation(
            requestId: "r",
            time: time,
            caller: Caller(user: "ada"),
            modelId: model,
            correlationId: nil,
            price: price,
            hold: .dollar,
            limit: nil,
            quota: nil,
            source: .live,
            tier: .standard
        )
        #expect(try store.reserve(reservation).isReserved)
        let rates = try price.rates(isLong: false, .standard)
        let settlement = Settlement(
            requestId: "r",
            time: time + 1,
            outcome: "success",
            usage: usage,
            isEstimated: false,
            latencyMilliseconds: 1,
            retries: 0,
            cost: TokenAmounts(usage, at: rates).total
        )
        #expect(try store.settle(settlement).isSettled)
        return folder
    }

    private static func write(_ lines: [Line], to path: String) throws {
        try Data(TestGzip.member(Array(TestBill.csv(lines).utf8))).write(to: URL(fileURLWithPath: path))
    }

    @Test("a bill that agrees reconciles the month, and again it changes nothing")
    func reconciled() throws {
        let folder = try Self.folder()
        let purser = PurserProgram(store: folder.path("purser.db"))
        try Self.write([Self.input, Self.output], to: folder.path("bill"))
        let words = ["cost", "reconcile", folder.path("bill")] + Self.at
        let dry = try purser.run(words + ["--dry-run"])
        #expect(dry.status == 0 && dry.errors == "purser: the verdict was not stored (--dry-run)\n", "\(dry)")
        let store = try Store(path: folder.path("purser.db"), .existing)
        #expect(try store.reconciliations(Self.october).isEmpty)
        let report = ["cost", "--month", "2026-10"] + Self.at
        #expect(try purser.run(report).output.contains("An estimate, not an invoice."))
        let first = try purser.run(words)
        #expect(first.status == 0 && first.errors.isEmpty && first.output.contains("reconciled"), "\(first)")
        let again = try purser.run(words)
        #expect(again.output == first.output && again.errors == "purser: the store has this verdict already\n")
        #expect(try store.reconciliations(Self.october).map(\.status) == [.reconciled])
        let text = try purser.run(report).output
        #expect(text.contains("Reconciled with the bill of 84.00"), "\(text)")
        #expect(try JSONValue(parsing: purser.run(report + ["--format", "json"]).output)["status"] == "reconciled")
        let part = try purser.run(report + ["--where", "team=", "--format", "json"]).output
        #expect(try JSONValue(parsing: part)["reconciliation"] == .null)
        // Before the comparison, nothing was known of it.
        let before = try purser.run("cost", "--month", "2026-10", "--at", "2026-11-02T00:00:00Z").output
        #expect(before.contains("An estimate, not an invoice."))
    }

    @Test("a newer bill with a drift replaces the verdict, ends with 1 and names the SKU")
    func drift() throws {
        let folder = try Self.folder()
        let purser = PurserProgram(store: folder.path("purser.db"))
        try Self.write([Self.input, Self.output], to: folder.path("old"))
        try Self.write([Self.input, Self.output.with { $0.cost = "25" }], to: folder.path("new"))
        let words = ["cost", "reconcile"] + Self.at
        #expect(try purser.run(words + [folder.path("old")]).status == 0)
        let json = try purser.run(words + [folder.path("new"), "--format", "json"])
        let value = try JSONValue(parsing: json.output)
        #expect(json.status == 1 && value["status"] == "estimated" && value["stored"] == true)
        #expect(value["skus"]?.array?.first?["sku"] == "amazon.nova-lite-v1:0/standard/output-tokens")
        #expect(value["skus"]?.array?.first?["cause"] == "price" && value["previous"]?["status"] == "reconciled")
        let csv = try purser.run(words + [folder.path("new"), "--format", "csv"])
        #expect(csv.status == 1 && csv.output.hasPrefix("side,sku,model,token,tier,"), "\(csv)")
        #expect(csv.output.contains("both,amazon.nova-lite-v1:0/standard/output-tokens,"))
        let loose = try purser.run(words + [folder.path("new"), "--tolerance", "5", "--dry-run"])
        #expect(loose.status == 0 && loose.output.contains("5 % of an SKU"), "\(loose)")
        let store = try Store(path: folder.path("purser.db"), .existing)
        #expect(try store.reconciliations(Self.october).map(\.status) == [.estimated, .reconciled])
    }

    @Test("a file that cannot be read ends with 3, names the place, and changes nothing")
    func faults() throws {
        let folder = try Self.folder()
        let purser = PurserProgram(store: folder.path("purser.db"))
        try Self.write([Self.input, Self.output], to: folder.path("good"))
        let data = try Data(contentsOf: URL(fileURLWithPath: folder.path("good")))
        try data.dropLast(9).write(to: URL(fileURLWithPath: folder.path("cut")))
        try Self.write([Self.input, Self.output.with { $0.currency = "EUR" }], to: folder.path("mixed"))
        try "a,b\n1,2\n".write(toFile: folder.path("other"), atomically: true, encoding: .utf8)
        for (name, message) in [
            ("cut", "cut:4: the gzip data ends too early"),
            ("mixed", "mixed:4: line_item_currency_code: `EUR` is not USD"),
            ("other", "other:1: is not a bill"), ("none", "none: there is no such file"),
            ("good", "has the same content as"),
        ] {
            let result = try purser.run(["cost", "reconcile", folder.path("good"), folder.path(name)] + Self.at)
            #expect(result.status == 3 && result.output.isEmpty && result.errors.contains(message), "\(name) \(result)")
        }
        let store = try Store(path: folder.path("purser.db"), .existing)
        #expect(try store.reconciliations(Self.october).isEmpty)
    }

    @Test(
        "what cannot be run ends with 64 and says what is allowed",
        arguments: [
            ("", "Missing expected argument"), ("f --tolerance 101", "--tolerance takes a percentage from 0 to 100"),
            ("f --tolerance 0.00001", "--tolerance"), ("f --tolerance=-1", "--tolerance"),
            ("f --tolerance x", "--tolerance"),
            ("f --month 2026-13", "--month takes a month"), ("f --where team=a", "--where is an option of"),
            ("f --by team", "--by is an option of"), ("f --time-zone Europe/Berlin", "--time-zone is an option of"),
            ("f --format focus", "--format takes text, json or csv"),
            ("f --self-check", "--self-check is an option of"),
        ]
    )
    func usage(arguments: String, message: String) throws {
        let folder = try TemporaryFolder()
        _ = try folder.store()
        let words = ["cost", "reconcile"] + arguments.split(separator: " ").map(String.init)
        let result = try PurserProgram(store: folder.path("purser.db")).run(words)
        #expect(result.status == 64 && result.output.isEmpty && result.errors.contains(message), "\(result)")
    }
}
