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
