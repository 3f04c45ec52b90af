import PurserAWS
import PurserHTTP
import Testing

@Suite struct CredentialChainTests {
    private func find(_ files: [String: String], _ environment: [String: String] = [:]) throws -> AWSCredentials {
        let environment = ["HOME": "/h", "AWS_EC2_METADATA_DISABLED": "true"].merging(environment) { $1 }
        return try CredentialChain(environment: environment, readFile: { files[$0].map { Array($0.utf8) } })
            .credentials()
    }

    private func keys(_ section: String, _ id: String) -> String {
        "# c\n\n[\(section)]\n  AWS_Access_Key_Id = \(id) \naws_secret_access_key=hush\n"
    }

    @Test("the environment takes precedence over the credentials file, which takes precedence over the config file")
    func order() throws {
        let config = ["/h/.aws/config": keys("profile p", "CONFIG")]
        let both = config.merging(["/h/.aws/credentials": keys("p", "SHARED")]) { $1 }
        let variables = ["AWS_PROFILE": "p", "AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s"]
        #expect(try find(both, variables).accessKeyID == "ENV")
        #expect(try find(both, ["AWS_PROFILE": "p"]).accessKeyID == "SHARED")
        #expect(try find(config, ["AWS_PROFILE": "p"]).accessKeyID == "CONFIG")
        #expect(try find(["/x": keys("default", "X")], ["AWS_SHARED_CREDENTIALS_FILE": "/x"]).accessKeyID == "X")
    }

    @Test("if no source has keys, each one is named with its reason")
    func nothing() {
        let error = #expect(throws: CredentialChainError.self) {
            try find(["/h/.aws/credentials": keys("a", "A")], ["AWS_PROFILE": "p"])
        }
        #expect(
            error?.description == "no credentials: AWS_ACCESS_KEY_ID is not set; "
                + "/h/.aws/credentials has no profile \"p\"; /h/.aws/config does not exist"
        )
    }

    @Test("a setting that AWS prefers to keys is refused next to keys", arguments: ["sso_start_url", "sso_session"])
    func unsupported(key: String) {
        let files = ["/h/.aws/credentials": keys("default", "A"), "/h/.aws/config": "[default]\n\(key) = x"]
        let error = #expect(throws: CredentialChainError.self) { try find(files) }
        #expect(error?.description.contains("/h/.aws/config, profile \"default\": \(key) is not supported") == true)
        #expect(error?.description.contains("hush") == false)
    }

    @Test("a setting that AWS uses only without keys is refused only without keys", arguments: ["credential_process"])
    func process(key: String) throws {
        let setting = "\(key) = x\n"
        #expect(try find(["/h/.aws/credentials": keys("default", "A") + setting]).accessKeyID == "A")
        let error = #expect(throws: CredentialChainError.self) {
            try find(["/h/.aws/config": "[default]\n" + setting])
        }
        #expect(error?.description.contains("\(key) is not supported") == true)
    }

    @Test("the error for a malformed line names its file and line, without its text")
    func malformed() {
        let error = #expect(throws: ProfileFileError.self) {
            try find(["/h/.aws/credentials": "[default]\nhush\n"])
        }
        #expect(error?.description == "/h/.aws/credentials:2: a setting must have the form key = value")
    }

    @Test("a section's settings may be indented equally; a line indented further belongs to the setting above it")
    func indented() throws {
        let file = try ProfileFile("[a]\n  k = 1\n  l = 2\n  s3 =\n    m = 3\n  n=4=5\n", path: "f")
        #expect(file.sections == ["a": ["k": "1", "l": "2", "s3": "", "n": "4=5"]])
    }

    @Test("random bytes do not crash the process")
    func random() {
        var random = SplitMix64(seed: 7)
        let alphabet = Array("[]=: #;\n\r\tpé\"'a\0".utf8) + [0xff, 0xc3]
        var read = 0
        for _ in 0..<5000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            if let file = try? ProfileFile(String(decoding: bytes, as: UTF8.self), path: "f") {
                read += 1
                #expect(!file.sections.values.contains { $0.keys.contains { $0 != $0.lowercased() } })
            }
        }
        #expect(read > 0 && read < 5000)
    }

    @Test("a failed ping names the host and never the URL")
    func ping() {
        let error = #expect(throws: HTTPError.self) { try PurserAWS.ping("http://127.0.0.1:1/secret") }
        #expect(error?.description.contains("127.0.0.1") == true && error?.description.contains("secret") == false)
    }
}
