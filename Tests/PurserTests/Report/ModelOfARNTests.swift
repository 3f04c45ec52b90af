import PurserCore
import PurserImport
import PurserStore
import TestSupport
import Testing

@testable import Purser

/// Reports of calls by an ARN that stands for one model and later for another.
@Suite struct ModelOfARNTests {
    private static let november = CalendarMonth(year: 2026, month: 11)
    private static let arn = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/crew1234abcd"
    private static let (lite, pro) = ("us.amazon.nova-lite-v1:0", "us.amazon.nova-pro-v1:0")
    private static let usage = TokenUsage(input: 1_000_000)

    /// Returns a store with a call on the last day of one model and on the first of the other.
    private static func store(_ folder: TemporaryFolder) throws -> Store {
        let map = """
            arn,model_id,effective_from,effective_to
            \(arn),\(pro),2026-11-16,
            \(arn),\(lite),,2026-11-16

            """
        let catalog = try TestPriceFile.catalog(
            (lite, "", "0.06", "0.24"),
            (pro, "", "0.8", "3.2"),
            arns: ARNMap(csv: map, file: "arns.csv")
        )
        let store = try folder.store()
        let change = Timestamp(year: 2026, month: 11, day: 16)
        for (id, time) in [("before", change + -1), ("after", change)] {
            let price = try #require(catalog.price(for: arn, at: time))
            let reservation = Reservation(
                requestId: id,
                time: time,
                caller: Caller(),
                modelId: arn,
                correlationId: nil,
                price: price,
                hold: .dollar,
                limit: nil,
                quota: nil
            )
            #expect(try store.reserve(reservation).isReserved)
            let settlement = Settlement(
                requestId: id,
                time: time + 2,
                outcome: "success",
                usage: usage,
                isEstimated: false,
                latencyMilliseconds: 2000,
                retries: 0,
                cost: try price.cost(of: usage)
            )
            #expect(try store.settle(settlement).isSettled)
        }
        return store
    }

    @Test("each call keeps the price and the model that its ARN stood for when it was made")
    func models() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder)
        let asOf = Self.november.end + 3600
        let reader = MetricReader(store: store, quota: nil)
        let report = try CostReport(Self.november, asOf: asOf, by: [.model], from: reader, budget: nil)
        #expect(report.rows.map(\.keys) == [[Self.arn]] && report.total.exactDollars == "0.86")

        let account = try #require(FocusDataset.BillingAccount("111122223333,Example"))
        let focus = try FocusDataset.read(Self.november, asOf: asOf, where: [], account: account, from: store).dataset
        #expect(focus.charges.map(\.model.name) == [Self.lite, Self.pro])
        #expect(focus.charges.map(\.cost.exactDollars) == ["0.06", "0.80"])

        let groups = try store.costGroups(
            CostQuery(Self.november.start..<Self.november.end, asOf: asOf, by: Reconciliation.keys)
        )
        let compared = try Reconciliation(
            BillReader(file: "bill.csv").bill,
            groups,
            month: Self.november,
            asOf: asOf,
            offers: OfferMap.shipped(),
            ids: []
        )
        #expect(Set(compared.unmatchedRecorded.map(\.model)) == ["amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0"])
    }
}
