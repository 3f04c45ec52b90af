import PurserAWS
import PurserCore
import PurserHTTP
import TestSupport
import Testing

@Suite(.blocking) struct RoleChainTests {
    private static let keys = "[base]\naws_access_key_id = BASE\naws_secret_access_key = hush\n"

    @Test("a profile's role is assumed with the keys of its source, through any intermediate roles")
    func chained() throws {
        let config = """
            [profile ops]
            role_arn = arn:aws:iam::111122223333:role/ops
            source_profile = middle
            external_id = ex/1
            role_session_name = night
            duration_seconds = 900
            region = eu-central-1
            [profile middle]
            role_arn = arn:aws:iam::111122223333:role/middle
            source_profile = base
            """
        let services = ScriptedServices { request in
            roleAnswer(String(decoding: request.body, as: UTF8.self).contains("middle") ? "MIDDLE" : "OPS")
        }
        let found = try scriptedChain(
            ["/h/.aws/config": config, "/h/.aws/credentials": Self.keys],
            ["AWS_PROFILE": "ops"],
            services
        ).credentials()
        #expect(found.accessKeyID == "OPS" && found.secretAccessKey == "se&cret")
        #expect(found.sessionToken?.count == 900)
        #expect(found.expiration == Timestamp(year: 2026, month: 11, day: 24, hour: 2))
        let requests = services.requests
        #expect(requests.map(\.url.host) == ["sts.eu-central-1.amazonaws.com", "sts.eu-central-1.amazonaws.com"])
        let signed = requests.map { $0.headers.first { $0.name == "Authorization" }?.value ?? "" }
        #expect(signed[0].contains("Credential=BASE/20261124/eu-central-1/sts/"))
        #expect(signed[1].contains("Credential=MIDDLE/"))
        #expect(requests[1].headers.contains { $0.name == "X-Amz-Security-Token" })
        let form = String(decoding: requests[1].body, as: UTF8.self)
        #expect(
            form.hasPrefix(
                "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fops"
            )
        )
        #expect(form.contains("RoleSessionName=night&ExternalId=ex%2F1&DurationSeconds=900"))
    }

    @Test(
        "the error for a role that cannot be assumed shows the location and the reason",
        arguments: [
            ("role_arn = r", "role_arn needs source_profile, credential_source or web_identity_token_file"),
            ("role_arn = r\nsource_profile = x\ncredential_source = Environment", "cannot be combined"),
            ("role_arn = r\nsource_profile = nobody", "source_profile `nobody` does not exist"),
            ("role_arn = r\nsource_profile = p", "source_profile leads back to itself: p -> p"),
            ("role_arn = r\nsource_profile = q", "source_profile leads back to itself: p -> q -> p"),
            ("role_arn = r\ncredential_source = Moon", "allowed: Environment, Ec2InstanceMetadata, EcsContainer"),
            ("role_arn = r\nsource_profile = base\nduration_seconds = 5", "duration_seconds `5` is not allowed"),
            ("role_arn = r\nsource_profile = base\nmfa_serial = m", "mfa_serial is not supported"),
            ("role_arn = r\nsource_profile = base", "STS did not issue credentials for role r: AccessDenied: not you"),
        ]
    )
    func faults(settings: String, expected: String) {
        let services = ScriptedServices { _ in
            HTTPResponse(
                status: 403,
                body: Array(
                    """
                    <Error><Code>AccessDenied</Code><Message>not you

                    The Canonical String for this request should have been 'x-amz-security-token:hush'</Message></Error>
                    """.utf8
                )
            )
        }
        let config = "[profile p]\n\(settings)\n[profile q]\nrole_arn = r\nsource_profile = p\n"
        let error = #expect(throws: CredentialChainError.self) {
            try scriptedChain(
                ["/h/.aws/config": config, "/h/.aws/credentials": Self.keys],
                ["AWS_PROFILE": "p"].merging(withoutInstance) { $1 },
                services
            ).credentials()
        }
        #expect(error?.description.contains(expected) == true, "\(error as Any)")
        #expect(error?.description.contains("hush") == false)
    }

    @Test("a web identity token, from variables or from a profile, assumes its role without a signature")
    func webIdentity() throws {
        let services = ScriptedServices { _ in roleAnswer("WEB") }
        let variables = ["AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": "arn:r"]
        let fromVariables = try scriptedChain(["/token": "jwt"], variables, services).credentials()
        let config = "[profile p]\nrole_arn = arn:r\nweb_identity_token_file = /token"
        let fromProfile = try scriptedChain(
            ["/token": "jwt", "/h/.aws/config": config],
            ["AWS_PROFILE": "p"],
            services
        ).credentials()
        #expect(fromVariables.accessKeyID == "WEB" && fromProfile.accessKeyID == "WEB")
        for request in services.requests {
            #expect(!request.headers.contains { $0.name == "Authorization" })
            #expect(String(decoding: request.body, as: UTF8.self).hasSuffix("WebIdentityToken=jwt"))
        }
    }

    @Test(
        "moto's STS returns a role's keys for a profile in two files",
        .needsPeers
    )
    func moto() throws {
        let config = "[profile p]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = base\n"
        let files = ["/h/.aws/config": config, "/h/.aws/credentials": Self.keys]
        let endpoint = try MotoPeer.shared().endpoint
        let found = try CredentialChain(
            environment: ["HOME": "/h", "AWS_PROFILE": "p", "AWS_ENDPOINT_URL": endpoint],
            readFile: { files[$0].map { Array($0.utf8) } }
        ).credentials()
        #expect(found.accessKeyID.hasPrefix("ASIA") && found.sessionToken != nil)
        #expect(found.expiration ?? scriptedTime > WallClock.now())
    }
}
