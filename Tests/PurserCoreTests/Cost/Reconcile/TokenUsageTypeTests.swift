import PurserCore
import Testing

@Suite("usage types of bills") struct TokenUsageTypeTests {
    private static func text(_ usage: String) -> String {
        guard let type = TokenUsageType(usage) else { return "" }
        let words = [type.regionCode ?? "-", type.model ?? "-", type.kind.rawValue, type.tier.rawValue]
        return (words + ["\(type.scope)"] + (type.isLong ? ["long"] : [])).joined(separator: " ")
    }

    @Test(
        "every public form says the Region, the model, the kind, the tier and the scope",
        arguments: [
            ("USE1-NovaLite-input-tokens", "USE1 NovaLite input standard region"),
            ("USE1-Nova2.0Lite-output-tokens-flex", "USE1 Nova2.0Lite output flex region"),
            ("EUC1-Nova2.0Lite-input-tokens-cross-region-global", "EUC1 Nova2.0Lite input standard global"),
            ("USW2-NovaPro-input-tokens-cross-region", "USW2 NovaPro input standard geography"),
            ("EU-NovaPro-cache-read-input-token-count", "EU NovaPro cacheRead standard region"),
            ("USE1-Claude-3.5-Sonnet-Input-Tokens", "USE1 Claude-3.5-Sonnet input standard region"),
            ("USE1-Llama4-Maverick-17B-input-tokens-batch", "USE1 Llama4-Maverick-17B input batch region"),
            ("USE1-xai.grok-4.3-mantle-input-tokens-priority", "USE1 xai.grok-4.3 input priority region"),
            (
                "UGW1-openai.gpt-5.6-terra-mantle-cache-write-tokens-30m-standard",
                "UGW1 openai.gpt-5.6-terra cacheWrite5m standard region"
            ),
            (
                "UGW1-openai.gpt-5.6-terra-mantle-input-tokens-long-ctx-standard",
                "UGW1 openai.gpt-5.6-terra input standard region long"
            ),
            ("USE1-MP:USE1_InputTokenCount-Units", "USE1 - input standard region"),
            ("USE1-MP:USE1_InputTokenCount_Global_Batch-Units", "USE1 - input batch global"),
            ("USW2-MP:USW2_OutputTokenCount_Geo-Units", "USW2 - output standard geography"),
            ("USE1-MP:USE1_InputTokenCount_LCtx_Global-Units", "USE1 - input standard global long"),
            ("USE1-MP:USE1_CacheWrite1hInputTokenCount-Units", "USE1 - cacheWrite1h standard region"),
            ("USE1-MP:USE1_MillionBatchInputTokens-Units", "USE1 - input batch region"),
            ("APN1-MP:APN1_input_tokens_global_standard-Units", "APN1 - input standard global"),
            ("USE1-MP:cache_writes_tokens_standard-Units", "USE1 - cacheWrite5m standard region"),
            ("USE1-NovaLite-input-tokens-custom-model", ""), ("USE1-NovaSonic-speech-input-tokens", ""),
            ("USE1-Guardrail-ContentPolicyUnitsConsumed", ""), ("USE1-MP:USE1_Reserved_1Month_InputTPM_Geo-Units", ""),
            ("USE1-input-tokens", ""), ("-input-tokens", ""), ("", ""), ("USE1-MP:", ""), ("MP:_-Units", ""),
            ("USE1-NovaLite-input-output-tokens", ""), ("USE1-NovaLite-input-tokens-flex-batch", ""),
        ]
    )
    func forms(usage: String, meaning: String) {
        #expect(Self.text(usage) == meaning)
    }

    @Test(
        "the tokens of a unit are read from it or, for Units, from the description",
        arguments: [
            ("1K tokens", "", 1000), ("1M tokens", "", 1_000_000), ("1000000 Tokens", "", 1_000_000),
            ("1000 Tokens", "", 1000), ("Tokens", "", nil), ("1 Million Tokens", "", 1_000_000),
            ("Units", "AWS Marketplace software usage|us-east-1|Million Input Tokens Regional", 1_000_000),
            ("Units", "$0.06 per 1K tokens for USE1", 1000), ("Units", "|1K tokens", 1000),
            ("Units", "AWS Marketplace software usage|us-east-1|Input Tokens - Standard, Global", nil),
            ("Units", "", nil), ("", "Million Input Tokens", nil),
            ("Hrs", "Million Input Tokens", nil), ("Images", "", nil), ("2G tokens", "", nil), ("0 tokens", "", nil),
            ("9999999999999999999999 tokens", "", nil), ("1000000M tokens", "", nil),
            ("1,000 tokens", "", 1000), ("1,000,000 Tokens", "", 1_000_000), ("1,00 tokens", "", nil),
            ("1.000 tokens", "", nil), ("1.5M tokens", "", nil), ("1 5 tokens", "", nil), ("1 000 tokens", "", nil),
            ("0,100 tokens", "", nil), ("1K 5x tokens", "", nil), ("1,000K tokens", "", 1_000_000),
            ("1½K tokens", "", nil), ("10 million tokens", "", nil),
            ("Units", "|us-east-1|1M context Output Tokens", nil), ("Units", "200K long context Input Tokens", nil),
            ("Units", "1M token context Output Tokens", nil), ("Units", "10 million tokens", nil),
            ("Units", "x|us-east-1|Million Input Tokens Long Context", 1_000_000),
            ("Units", "x|us-west-2|Million Long Context Input Tokens", 1_000_000),
            ("Units", "$1,000.50 per 1K tokens", 1000),
        ] as [(String, String, Int?)]
    )
    func units(unit: String, description: String, tokens: Int?) {
        #expect(TokenUnit.tokens(unit: unit, description: description) == tokens)
    }
}

@Suite("the models of a bill") struct BilledModelsTests {
    @Test("every name of offers.csv is the model of each of its ids")
    func offers() throws {
        let offers = try OfferMap.shipped()
        let models = BilledModels(offers, ids: [])
        for row in offers.rows {
            #expect(models.key(name: row.name) == BilledModels.key(id: row.modelId), "\(row.name) \(row.modelId)")
        }
        #expect(Set(offers.rows.map { models.key(name: $0.name) }).count == Set(offers.rows.map(\.name)).count)
    }

    @Test(
        "a name in a usage type or of the Marketplace is that of an id",
        arguments: [
            ("NovaLite", "us.amazon.nova-lite-v1:0"), ("Nova2.0Lite", "global.amazon.nova-2-lite-v1:0"),
            ("Claude4.6Sonnet", "us.anthropic.claude-sonnet-4-6-v1:0"),
            ("Claude-3.5-Sonnet", "anthropic.claude-3-5-sonnet-20240620-v1:0"),
            ("Claude 3.5 Sonnet v2 (Amazon Bedrock Edition)", "anthropic.claude-3-5-sonnet-20241022-v2:0"),
            ("Llama4-Maverick-17B", "us.meta.llama4-maverick-17b-instruct-v1:0"),
            ("OpenAI GPT-5.6 Terra (Amazon Bedrock Edition)", "openai.gpt-5.6-terra"),
            ("xai.grok-4.3", "xai.grok-4.3"),
        ]
    )
    func names(name: String, id: String) throws {
        let models = BilledModels(try OfferMap(csv: "offer,name,region,scope,model_id\n", file: "o"), ids: [id])
        #expect(models.key(name: name) == BilledModels.key(id: id))
        #expect(models.id(BilledModels.key(id: id)) == id.replacing(/^(us|global)\./, with: ""))
    }

    @Test("ids of other versions, sizes and vendors are other models")
    func others() {
        let ids = [
            "amazon.nova-lite-v1:0", "amazon.nova-2-lite-v1:0", "amazon.nova-pro-v1:0",
            "anthropic.claude-opus-4-5-20251101-v1:0", "anthropic.claude-opus-4-6-v1", "anthropic.claude-sonnet-4-6",
            "anthropic.claude-3-5-sonnet-20241022-v2:0", "anthropic.claude-3-5-sonnet-20240620-v1:0",
            "meta.llama3-8b-instruct-v1:0", "meta.llama3-70b-instruct-v1:0",
            "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc",
        ]
        #expect(Set(ids.map(BilledModels.key)).count == ids.count)
    }
}
