import PurserAWS
import Testing

@Suite struct AWSCredentialsTests {
    private let keys = ["AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "hush/hush+="]

    @Test("keys come from the environment's three variables")
    func environment() throws {
        #expect(
            try AWSCredentials(environment: keys)
                == AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "hush/hush+=")
        )
        let temporary = try AWSCredentials(environment: keys.merging(["AWS_SESSION_TOKEN": "token"]) { $1 })
        #expect(temporary.sessionToken == "token")
    }

    @Test(
        "a variable that is unset or empty is named",
        arguments: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
    )
    func missing(variable: String) {
        for value in [nil, ""] {
            var environment = keys
            environment[variable] = value
            #expect(throws: AWSCredentialsError.missing(variable: variable)) {
                try AWSCredentials(environment: environment)
            }
        }
        #expect(AWSCredentialsError.missing(variable: variable).description == "no credentials: \(variable) is not set")
    }

    @Test("an empty session token counts as unset")
    func emptyToken() throws {
        let credentials = try AWSCredentials(environment: keys.merging(["AWS_SESSION_TOKEN": ""]) { $1 })
        #expect(credentials.sessionToken == nil)
    }

    @Test("a line break or space in a key is refused with the variable's name", arguments: ["a\n", "a b", "a\r", "ä"])
    func malformed(value: String) {
        for variable in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
            #expect(throws: AWSCredentialsError.malformed(variable: variable)) {
                try AWSCredentials(environment: keys.merging([variable: value]) { $1 })
            }
        }
    }

    @Test("credentials printed in any way show neither the secret nor the token")
    func printing() {
        let credentials = AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "hush", sessionToken: "t0ken")
        let signer = SigV4Signer(credentials: credentials, service: "sns", region: "us-east-1")
        var dumped = ""
        dump(credentials, to: &dumped)
        dump(signer, to: &dumped)
        let texts = [
            "\(credentials)", String(reflecting: credentials), "\([credentials])", "\(Optional(credentials) as Any)",
            "\(signer)", String(reflecting: signer), dumped,
        ]
        for text in texts {
            #expect(text.contains("AKIDEXAMPLE"))
            #expect(!text.contains("hush") && !text.contains("t0ken"))
        }
    }
}
