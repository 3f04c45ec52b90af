import Foundation
import Purser
import PurserCore
import PurserHTTP
import PurserStore
import TestSupport
import Testing

/// Budgets of the store, as callers of purserd meet them.
@Suite(.blocking, .startsPrograms) struct BudgetDoorTests {
    @Test("a session that has used up its budget is refused by name, is found in the store, and is reported")
    func session() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.setBudget(Budget(scope: .each(.session), window: .hour, limit: Picodollars(1)), at: .now)
        let server = try PurserdProcess.embedded(store: folder.path("purser.db"))
        let headers = [HTTPHeader("X-Purser-Session", "run-1"), HTTPHeader("X-Correlation-Id", "the-call")]
        let refused = try server.post("/chat", ["message": "Hello?"], headers: headers)
        #expect(refused.status == 402)
        let error = try JSONValue(parsing: refused.text)["error"]
        #expect(error?["code"] == "budget_exceeded" && error?["scope"] == "session" && error?["window"] == "hour")
        for key in ["spentUSD", "reservedUSD", "limitUSD", "neededUSD", "resetsAt"] {
            #expect(error?[key]?.string != nil, "\(key)")
        }
        // Waiting does not help a call that costs more than the whole budget.
        #expect(error?["message"]?.string?.hasSuffix("It does not fit into the whole budget either.") == true)
        // A call without a session has no such budget.
        #expect(try server.post("/chat", ["message": "Hello?"], headers: []).status == 200)
        #expect(server.stop() == 0)
        let known = try #require(try store.refusedRequests(of: "the-call", limit: 1).first)
        #expect(known.caller.session == "run-1" && known.reason == "budget of a session for the hour")
        let use = try #require(try store.budgetUse(at: known.time).first)
        #expect(use.isRefusing && use.budget.scope == .session("run-1"))
        // What a budget of before has refused says nothing about the one that is set now.
        try store.setBudget(Budget(scope: .each(.session), window: .hour, limit: .dollar), at: known.time + 1)
        #expect(try store.budgetUse(at: known.time + 2).isEmpty)
    }
}
