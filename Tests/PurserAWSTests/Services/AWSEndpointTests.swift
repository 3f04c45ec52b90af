import PurserAWS
import PurserCore
import PurserHTTP
import Testing

@Suite struct AWSEndpointTests {
    private func url(
        _ service: String = "sns",
        region: String = "us-east-1",
        _ environment: [String: String] = [:]
    ) throws -> String {
        try AWSEndpoint(service: service, region: region, environment: environment).url.text
    }

    @Test("without a variable the endpoint is the region's public address")
    func publicAddress() throws {
        #expect(try url() == "https://sns.us-east-1.amazonaws.com/")
        #expect(try url(region: "us-gov-west-1") == "https://sns.us-gov-west-1.amazonaws.com/")
        #expect(try url(region: "cn-north-1") == "https://sns.cn-north-1.amazonaws.com.cn/")
        #expect(try url("bedrock-runtime") == "https://bedrock-runtime.us-east-1.amazonaws.com/")
    }

    @Test("the service's variable takes precedence over the general one, and an empty variable counts as unset")
    func variables() throws {
        let both = ["AWS_ENDPOINT_URL_SNS": "http://localhost:1", "AWS_ENDPOINT_URL": "http://localhost:2"]
        #expect(try url(both) == "http://localhost:1")
        #expect(try url("sqs", both) == "http://localhost:2")
        #expect(try url(both.merging(["AWS_ENDPOINT_URL_SNS": ""]) { $1 }) == "http://localhost:2")
        #expect(
            try url("bedrock-runtime", ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "http://localhost:3"])
                == "http://localhost:3"
        )
    }

    private func url(_ environment: [String: String]) throws -> String {
        try url("sns", environment)
    }

    @Test("configured endpoints are ignored if the environment says so", arguments: ["true", "TRUE", "false", ""])
    func ignored(value: String) throws {
        let environment = [
            "AWS_ENDPOINT_URL_SNS": "http://localhost:1", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": value,
        ]
        let isIgnored = value.lowercased() == "true"
        #expect(try url(environment) == (isIgnored ? "https://sns.us-east-1.amazonaws.com/" : "http://localhost:1"))
    }

    @Test(
        "the error for an invalid address names its variable",
        arguments: [
            ("localhost:4566", HTTPURLError.scheme), ("/sns", .scheme), ("ftp://localhost/", .scheme),
            ("http://", .noHost), ("http:///sns", .noHost), ("https://user:secret@localhost/", .userInformation),
            ("http://local host/", .notEncoded),
        ]
    )
    func malformed(text: String, error: HTTPURLError) {
        for variable in ["AWS_ENDPOINT_URL_SNS", "AWS_ENDPOINT_URL"] {
            #expect(throws: AWSEndpointError.variable(variable, error)) {
                try url([variable: text])
            }
            #expect(AWSEndpointError.variable(variable, error).description.hasPrefix(variable + ": the URL "))
        }
    }

    @Test(
        "a region that would lead to another host is refused",
        arguments: ["", "evil.com/#", "a@b", "US-EAST-1", "ä"]
    )
    func region(region: String) {
        #expect(throws: AWSEndpointError.region(region)) { try url(region: region) }
    }
}

@Suite struct HTTPURLTests {
    @Test("an address is split into its parts as they are sent")
    func parts() throws {
        let url = try HTTPURL("https://Example.com:8443/a//../b%20c?x=1&y#part")
        #expect(url.scheme == "https")
        #expect(url.host == "Example.com")
        #expect(url.port == 8443)
        #expect(url.path == "/a//../b%20c")
        #expect(url.query == "x=1&y")
        #expect(url.authority == "Example.com:8443")
    }

    @Test("an address without a path has the path /, and one without a query has no query")
    func least() throws {
        let url = try HTTPURL("HTTP://[::1]")
        #expect(url.scheme == "http" && url.host == "[::1]" && url.port == nil)
        #expect(url.path == "/" && url.query == nil && url.authority == "[::1]")
    }

    @Test(
        "text that is not a valid http or https address is refused",
        arguments: [
            "", "http", "ftp://host/", "file:///etc/passwd", "https:/host", "http://:80/", "http://host:99999/",
            "http://host:x/", "http://ho\"st/", "http://host/\n", "https://höst/", "http://u@host/",
        ]
    )
    func refused(text: String) {
        #expect(throws: HTTPURLError.self) { try HTTPURL(text) }
    }
}

@Suite struct AWSARNTests {
    @Test("an ARN is split into its parts and written back")
    func parts() throws {
        let text = "arn:aws-cn:cloudwatch:cn-north-1:111122223333:alarm:with:colons"
        let arn = try #require(AWSARN(text))
        #expect(arn.partition == "aws-cn" && arn.service == "cloudwatch" && arn.region == "cn-north-1")
        #expect(arn.account == "111122223333" && arn.resource == "alarm:with:colons")
        #expect(arn.description == text)
        #expect(AWSARN("arn:aws:s3:::bucket")?.region == "")
    }

    @Test(
        "text that is not an ARN gives nil",
        arguments: [
            "", "oncall", "arn:aws:sns:us-east-1:111122223333", "arn:aws:sns:us-east-1:111122223333:",
            "arn::sns:us-east-1:111122223333:x", "x:aws:sns:us-east-1:111122223333:x", "arn:aws:sns:a:b:c d",
            "${TopicArn}",
        ]
    )
    func refused(text: String) {
        #expect(AWSARN(text) == nil)
    }
}
