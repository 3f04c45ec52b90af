import PurserCore
import Testing

@Suite struct CalledModelTests {
    @Test(
        "only the ARNs of foundation models and system-defined inference profiles name their model",
        arguments: [
            ("us.amazon.nova-lite-v1:0", "us.amazon.nova-lite-v1:0", nil),
            ("", "", nil),
            (
                "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0",
                "us.amazon.nova-lite-v1:0", "us-east-1"
            ),
            (
                "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.nova-lite-v1:0",
                "amazon.nova-lite-v1:0", "us-gov-west-1"
            ),
            ("arn:aws:bedrock:::foundation-model/amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0", nil),
            ("arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123", nil, "us-east-1"),
            ("arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abc123def456", nil, "us-east-1"),
            ("arn:aws:bedrock:us-east-1:111122223333:imported-model/abc123def456", nil, "us-east-1"),
            ("arn:aws:bedrock:us-east-1:111122223333:custom-model/amazon.nova/abc123def456", nil, "us-east-1"),
            ("arn:aws:bedrock:us-east-1:111122223333:custom-model-deployment/abc123def456", nil, "us-east-1"),
            ("arn:aws:bedrock:us-east-1:111122223333:default-prompt-router/amazon.nova:1", nil, "us-east-1"),
            ("arn:aws:bedrock:us-east-1:111122223333:prompt-router/abc", nil, "us-east-1"),
            ("arn:aws:sagemaker:us-east-1:111122223333:endpoint/inference-profile", nil, "us-east-1"),
            ("arn:aws:sagemaker:us-east-1:111122223333:foundation-model/amazon.nova-lite-v1:0", nil, "us-east-1"),
            ("arn:aws:bedrock:us-east-1:111122223333:inference-profile/", nil, "us-east-1"),
            ("arn:aws:bedrock:us-east-1:111122223333:inference-profile/a/b", nil, "us-east-1"),
        ] as [(String, String?, String?)]
    )
    func names(name: String, modelId: String?, region: String?) {
        let model = CalledModel(name)
        #expect(model.name == name && model.modelId == modelId && model.region == region)
        #expect(model.shortName == modelId ?? name)
    }

    @Test("a list of models allows a model by its id, by its own ARN, and by the ARN that ends with its id")
    func allowed() {
        let profile = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0"
        let own = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/us.amazon.nova-lite-v1:0"
        let id = "us.amazon.nova-lite-v1:0"
        #expect(CalledModel(id).isAllowed(by: [id]) && CalledModel(profile).isAllowed(by: [id]))
        #expect(CalledModel(own).isAllowed(by: [own]) && CalledModel(profile).isAllowed(by: [profile]))
        #expect(!CalledModel(own).isAllowed(by: [id]) && !CalledModel(id).isAllowed(by: [profile]))
        #expect(!CalledModel(profile).isAllowed(by: ["amazon.nova-lite-v1:0"]) && !CalledModel(id).isAllowed(by: []))
    }
}
