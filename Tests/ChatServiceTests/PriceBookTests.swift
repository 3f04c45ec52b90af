import CoreMetrics
import PurserCore
import PurserStore
import Synchronization
import TestSupport
import Testing

@testable import ChatService

@Suite struct PriceBookTests {
    private static let lite = "amazon.nova-lite-v1:0"
    private static let profile = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/" + lite
    private static let answer = ChatServiceTests.answer

    private static func request(_ model: String, allowed: [String]? = nil) throws -> ChatRequest {
        let document = try ConverseDocument(
            parsing: Array(#"{"messages":[{"role":"user","content":[{"text":"?"}]}]}"#.utf8)
        )
        return ChatRequest(
            requestId: model,
            correlationId: model,
            content: .converse(document, modelId: model),
            allowedModels: allowed
        )
    }

    @Test("a call costs what the row of the called Region says", arguments: [nil, "us-east-1", "eu-central-1"])
    func regions(region: String?) async throws {
        let prices = try TestPriceFile.catalog((Self.lite, "", "1", "1"), (Self.lite, "eu-central-1", "1000", "1000"))
        let fixture = try ChatFixture([.success(Self.answer)], prices: PriceBook(prices, region: region)) {
            $0.modelId = Self.lite
        }
        guard case .answered(let answer) = await fixture.ask() else {
            Issue.record("the call was refused")
            return
        }
        let price: Int64 = region == "eu-central-1" ? 1_000_000_000 : 1_000_000
        let tokens = Int128(Self.answer.usage.input + Self.answer.usage.output)
        #expect(answer.cost == Picodollars(Int128(price) * tokens))
    }

    @Test("a model with a price only for other Regions is refused, and the message names them")
    func otherRegions() async throws {
        let prices = try TestPriceFile.catalog((Self.lite, "eu-central-1", "1", "1"))
        let fixture = try ChatFixture([], prices: PriceBook(prices, region: "us-east-1")) { $0.modelId = Self.lite }
        guard case .refused(let refusal) = await fixture.ask() else {
            Issue.record("the call was not refused")
            return
        }
        #expect(
            refusal.message == "The model \(Self.lite) has no price in us-east-1, only in eu-central-1;"
                + " without a price, its cost cannot be bounded."
        )
    }

    @Test("an ARN is priced by the model that it names or stands for, and the ledger keeps it as called")
    func arns() async throws {
        let own = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123"
        let map = try ARNMap(csv: "arn,model_id\n\(own),\(Self.lite)\n", file: "arns.csv")
        let prices = try TestPriceFile.catalog((Self.lite, "", "1", "1"), arns: map)
        let fixture = try ChatFixture(
            Array(repeating: .success(Self.answer), count: 3),
            prices: PriceBook(prices, region: "eu-west-1")
        )
        for name in [Self.profile, "arn:aws:bedrock:us-east-1::foundation-model/" + Self.lite, own] {
            guard case .answered = await fixture.service.answer(try Self.request(name)) else {
                Issue.record("\(name) was refused")
                continue
            }
            #expect(try fixture.entry(name)?.modelId == name)
        }
        #expect(fixture.model.requests.withLock { $0.map(\.modelId) }.first == Self.profile)
        // Callers can make up accounts, so metrics have the id.
        _ = fixture.service.instruments(for: "arn:aws:bedrock:us-east-1:999999999999:imported-model/abc")
        let names = fixture.service.instruments.withLock { Set($0.keys) }
        #expect(names == [Self.lite, own, ChatService.unknownModelId])
    }

    @Test("a key's allowed id includes its system-defined ARN, and no other ARN")
    func allowed() async throws {
        let own = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123"
        let map = try ARNMap(csv: "arn,model_id\n\(own),\(Self.lite)\n", file: "arns.csv")
        let prices = try TestPriceFile.catalog((Self.lite, "", "1", "1"), arns: map)
        let fixture = try ChatFixture(
            Array(repeating: .success(Self.answer), count: 2),
            prices: PriceBook(prices)
        )
        guard case .answered = await fixture.service.answer(try Self.request(Self.profile, allowed: [Self.lite])),
            case .refused(.forbidden) = await fixture.service.answer(try Self.request(own, allowed: [Self.lite])),
            case .answered = await fixture.service.answer(try Self.request(own, allowed: [own]))
        else {
            Issue.record("an ARN was allowed or refused by mistake")
            return
        }
    }

    @Test("the fallback must be another model, even if it is named by an ARN")
    func fallback() {
        #expect(throws: Diagnostics.self) {
            try ChatConfiguration(environment: [
                "PURSERD_MODEL_ID": Self.lite, "PURSERD_FALLBACK_MODEL_ID": Self.profile,
            ])
        }
    }

    @Test("new prices apply to the next call; a call in flight keeps the row that it was admitted with")
    func replaced() async throws {
        let fixture = try ChatFixture([])
        let book = PriceBook(try TestPriceFile.catalog((Self.lite, "", "1", "1")))
        let new = try TestPriceFile.catalog((Self.lite, "", "1000", "1000"))
        var configuration = ChatConfiguration()
        configuration.modelId = Self.lite
        let usage = TokenUsage(input: 10, output: 10)
        let service = ChatService(
            configuration: configuration,
            ledger: CallLedger(fixture.store),
            prices: book,
            model: EmbeddedModel(clock: fixture.clock.clock) { _ in
                book.replace(with: new)
                return .init(usage: usage, latency: .zero)
            },
            clock: fixture.clock.clock,
            metrics: NOOPMetricsHandler.instance,
            reportStoreError: { _ in }
        )
        for (id, cost) in [("1", 20_000_000), ("2", 20_000_000_000)] {
            guard
                case .answered(let answer) = await service.answer(
                    ChatRequest(requestId: id, correlationId: id, caller: Caller(), message: "Hello?")
                )
            else {
                Issue.record("a call was refused")
                return
            }
            #expect(answer.cost == Picodollars(Int128(cost)))
        }
    }
}
