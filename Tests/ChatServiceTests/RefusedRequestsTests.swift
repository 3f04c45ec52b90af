import ChatService
import PurserAWS
import PurserCore
import Testing

@Suite struct RefusedRequestsTests {
    private static func request(_ number: Int, isSignedIn: Bool) -> RefusedRequest {
        RefusedRequest(
            requestId: "\(number)",
            correlationId: "c",
            time: Timestamp(seconds: 0),
            isSignedIn: isSignedIn,
            caller: Caller(),
            modelId: nil,
            code: "throttled",
            reason: "requests per second"
        )
    }

    @Test("a flood of strangers is bounded and counted, and a caller's refusal still has room")
    func flood() {
        let refused = RefusedRequests()
        for number in 0..<10_000 { refused.add(Self.request(number, isSignedIn: false)) }
        refused.add(Self.request(10_000, isSignedIn: true))
        let batch = refused.takeBatch()
        #expect(batch.requests.count == RefusedRequests.mostWaiting + 1)
        #expect(batch.dropped == 10_000 - RefusedRequests.mostWaiting)
        #expect(batch.requests.last?.requestId == "10000")
        #expect(refused.takeBatch().isEmpty)
        refused.add(Self.request(1, isSignedIn: false))
        #expect(refused.takeBatch().requests.count == 1)
    }

    @Test("the amounts of a refusal are as precise as it takes to see that the call does not fit")
    func precision() throws {
        func message(_ total: String, left: String) throws -> String {
            let refusal = BudgetRefusal(
                scope: .all,
                spent: .zero,
                held: .zero,
                limit: try #require(Picodollars(dollars: left)),
                resets: Timestamp(seconds: 0),
                worstCase: WorstCase(
                    inputTokens: 0,
                    outputTokens: 1,
                    input: .zero,
                    output: try #require(Picodollars(dollars: total))
                )
            )
            return ChatRefusal.budgetExceeded(refusal).message
        }
        #expect(try message("1.06", left: "0.5").contains("up to $1.06 ($0.00 for"))
        // One token of $15 a million more than what is left.
        #expect(try message("0.500015", left: "0.5").contains("up to $0.50002 ($0.00 for"))
        #expect(try message("0.500000000001", left: "0.5").contains("up to $0.500000000001 ("))
        #expect(try message("0.5", left: "0.499985").contains("and $0.499985 is left"))
        #expect(try message("0.000123456", left: "0.0001").contains("up to $0.00012 ("))
    }

    @Test("no reason of a refusal contains the caller's text")
    func reasons() {
        let canary = "CANARY"
        let refusals: [ChatRefusal] = [
            .unauthenticated(canary), .forbidden(canary), .invalidRequest(canary), .bodyIncomplete(canary),
            .unpricedModel(UnpricedModel(modelId: canary)), .storeUnavailable(canary), .signature(.malformed(canary)),
            .otherRegion(signed: canary, served: "us-east-1"),
            .budgetExceeded(
                BudgetRefusal(
                    scope: .team(canary),
                    spent: .zero,
                    held: .zero,
                    limit: .zero,
                    resets: Timestamp(seconds: 0),
                    worstCase: WorstCase(inputTokens: 1, outputTokens: 1, input: .zero, output: .zero)
                )
            ),
        ]
        for refusal in refusals {
            #expect(!refusal.reason.isEmpty && !refusal.reason.contains(canary))
        }
    }
}
