import Testing

@testable import PurserCore

@Suite struct FocusModelTests {
    @Test(
        "an id says who made the model, its family and its version",
        arguments: [
            ("us.amazon.nova-lite-v1:0", "Amazon", "nova", "v1:0"),
            ("anthropic.claude-haiku-4-5-20251001-v1:0", "Anthropic", "claude", "v1:0"),
            ("us-gov.meta.llama3-8b-instruct-v1:0", "Meta", "llama", "v1:0"),
            ("deepseek.r1-v1:0", "DeepSeek", "deepseek", "v1:0"), ("openai.gpt-oss-120b", "OpenAI", "gpt", nil),
            ("acme.thing", "Acme", "thing", nil), ("(restored)", "AWS", nil, nil),
            ("arn:aws:bedrock:us-east-1::foundation-model/cohere.command-r-v1:0", "Cohere", "command", "v1:0"),
            ("arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a.b", "AWS", nil, nil),
        ]
    )
    func names(id: String, publisher: String, family: String?, version: String?) {
        let model = FocusModel(id, pricedId: nil)
        #expect(model.publisher == publisher && model.family == family && model.version == version)
    }

    @Test("an ARN that does not name its model is the one of its price row")
    func priced() {
        let arn = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc"
        let model = FocusModel(arn, pricedId: "eu.amazon.nova-lite-v1:0")
        #expect(model.name == "eu.amazon.nova-lite-v1:0" && model.publisher == "Amazon" && model.region == "eu-west-1")
        #expect(model.resourceId(in: "eu-west-1") == arn && model.resourceType == "Application Inference Profile")
        #expect(FocusModel(arn, pricedId: arn).name == arn)
    }

    @Test("the resource is an ARN only if everything in it is known")
    func resources() {
        func resource(_ id: String, _ region: String?) -> (String?, String) {
            let model = FocusModel(id, pricedId: nil)
            return (model.resourceId(in: region), model.resourceType)
        }
        let bare = "amazon.nova-lite-v1:0"
        #expect(resource(bare, nil) == (bare, "Foundation Model"))
        #expect(resource(bare, "eu-west-1").0 == "arn:aws:bedrock:eu-west-1::foundation-model/" + bare)
        #expect(resource(bare, "us-gov-west-1").0 == "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/" + bare)
        #expect(resource("us." + bare, "us-east-1") == ("us." + bare, "Inference Profile"))
        #expect(resource("(restored)", "us-east-1").0 == nil)
    }

    @Test("a Region without a known name is named by its id")
    func regions() {
        #expect(RegionName.current("eu-central-1") == "Europe (Frankfurt)")
        #expect(RegionName.current("xx-north-9") == "xx-north-9")
    }

    @Test(
        "a billing account is twelve digits and a name",
        arguments: [
            ("111122223333,Example", "Example"), ("111122223333,Example, Inc.", "Example, Inc."),
            ("111122223333,", nil), ("111122223333", nil), ("111122223333,  ", nil), ("11112222333,Example", nil),
            ("1111222233334,Example", nil), ("11112222333x,Example", nil), ("Example,111122223333", nil),
            ("١١١١٢٢٢٢٣٣٣٣,Example", nil), ("111122223333,a\nb", nil), ("111122223333,a\0b", nil), ("", nil),
        ]
    )
    func accounts(text: String, name: String?) {
        #expect(FocusDataset.BillingAccount(text)?.name == name)
    }
}
