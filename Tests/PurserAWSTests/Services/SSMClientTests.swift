import PurserAWS
import PurserCore
import PurserHTTP
import Synchronization
import TestSupport
import Testing

private let keys = AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret")

private func answer(_ status: Int, _ content: JSONValue, date: String? = nil) -> HTTPResponse {
    HTTPResponse(
        status: status,
        headers: date.map { [HTTPHeader("Date", $0)] } ?? [],
        body: Array(content.text().utf8)
    )
}

private func refusal(_ type: String, _ words: String) -> HTTPResponse {
    answer(400, ["__type": .string(type), "message": .string(words)])
}

extension HTTPRequest {
    /// The names that a GetParameters call asks for.
    fileprivate var names: [String] {
        let content = try? JSONValue(parsing: String(decoding: body, as: UTF8.self))
        return content?["Names"]?.array?.compactMap(\.string) ?? []
    }
}

/// Answers like a Parameter Store in which every parameter has the value `v` followed by its name.
private func store(_ request: HTTPRequest) -> HTTPResponse {
    let parameters = request.names.map { name -> JSONValue in
        ["Name": .string(name), "Type": "String", "Value": .string("v" + name), "Version": 7]
    }
    return answer(200, ["Parameters": .array(parameters), "InvalidParameters": []])
}

private func client(
    _ services: ScriptedServices,
    _ environment: [String: String] = ["AWS_REGION": "eu-central-1"],
    waited: @escaping @Sendable (Double) -> Void = { _ in }
) -> SSMClient {
    SSMClient(
        AWSSession(environment: environment, keys: { keys }, send: { try services.send($0) }),
        now: { scriptedTime },
        wait: waited,
        readFile: { path in
            path == "/h/.aws/config" ? Array("[default]\nregion = us-west-2\n".utf8) : nil
        }
    )
}

@Suite struct SSMClientTests {
    @Test("a call is one signed POST that asks for decryption")
    func request() throws {
        let services = ScriptedServices(store)
        #expect(try client(services).values(["/purser/model"]) == ["/purser/model": "v/purser/model"])
        let request = try #require(services.requests.first)
        #expect(request.method == "POST" && request.url.text == "https://ssm.eu-central-1.amazonaws.com/")
        #expect(request.headers.contains(HTTPHeader("X-Amz-Target", "AmazonSSM.GetParameters")))
        #expect(request.headers.contains(HTTPHeader("Content-Type", "application/x-amz-json-1.1")))
        let authorization = try #require(request.headers.last?.value)
        #expect(authorization.contains("Credential=AKIDEXAMPLE/20261124/eu-central-1/ssm/aws4_request,"))
        #expect(authorization.contains("SignedHeaders=content-type;host;x-amz-date;x-amz-target,"))
        #expect(
            String(decoding: request.body, as: UTF8.self) == "{\"Names\":[\"/purser/model\"],\"WithDecryption\":true}"
        )
    }

    @Test("23 names take three calls, and a repeated name is requested once")
    func many() throws {
        let services = ScriptedServices(store)
        let names = (1...23).map { "/p/\($0)" }
        let values = try client(services).values(names + ["/p/1"])
        #expect(values.count == 23 && values["/p/23"] == "v/p/23")
        #expect(services.requests.map(\.names.count) == [10, 10, 3])
        #expect(try client(services).values([]).isEmpty)
    }

    @Test("values of a version, a label and an ARN are returned under the requested name")
    func selectors() throws {
        let arn = "arn:aws:ssm:eu-central-1:111122223333:parameter/a"
        let services = ScriptedServices { request in
            let selector = request.names.first?.split(separator: ":").last.map { ":" + $0 } ?? ""
            let parameter: JSONValue = ["Name": "/a", "ARN": .string(arn), "Value": "x", "Version": 3]
            guard request.names != [arn], case .object(let members) = parameter else {
                return answer(200, ["Parameters": .array([parameter])])
            }
            return answer(200, ["Parameters": .array([.object(members + [.init("Selector", .string(selector))])])])
        }
        for name in ["/a:3", "/a:prod", arn] {
            #expect(try client(services).values([name]) == [name: "x"])
        }
    }

    @Test("all missing parameters are named, with the region and what to do")
    func missing() throws {
        let services = ScriptedServices { request in
            answer(200, ["Parameters": [], "InvalidParameters": .array(request.names.map(JSONValue.string))])
        }
        let client = client(services)
        let error = #expect(throws: SSMError.self) { try client.values(["/a", "/b"]) }
        #expect(error == SSMError(["/a", "/b"], .missing(region: "eu-central-1")))
        #expect(error?.description.hasPrefix("ssm:/a, ssm:/b: no such parameter in eu-central-1; create it") == true)
    }

    @Test("one name that may not be read is distinguished from the nine others")
    func denied() throws {
        let services = ScriptedServices { request in
            request.names.contains("/secret")
                ? refusal("AccessDeniedException", "User: arn is not authorized to perform: ssm:GetParameters")
                : store(request)
        }
        let client = client(services)
        let error = #expect(throws: SSMError.self) { try client.values((1...9).map { "/p/\($0)" } + ["/secret"]) }
        #expect(error?.parameters == ["/secret"])
        #expect(error?.description.contains("ssm:/secret: may not be read: AccessDeniedException") == true)
        #expect(error?.description.contains("kms:Decrypt") == true)
        #expect(services.requests.count == 11)
    }

    @Test("a name that Parameter Store does not accept is reported with its message")
    func invalid() throws {
        let services = ScriptedServices { request in
            request.names.contains("a b") ? refusal("ValidationException", "bad name") : store(request)
        }
        let client = client(services)
        let error = #expect(throws: SSMError.self) { try client.values(["/a", "a b"]) }
        #expect(error == SSMError(["a b"], .refused("ValidationException (HTTP status 400): bad name")))
    }

    @Test("nothing is sent without credentials; keys unknown to AWS are reported, and names are not tried one by one")
    func credentials() throws {
        let services = ScriptedServices { _ in
            refusal("com.amazon.coral.service#UnrecognizedClientException", "The security token is invalid.")
        }
        let known = client(services)
        let unknown = #expect(throws: SSMError.self) { try known.values(["/a", "/b"]) }
        #expect(
            unknown?.reason
                == .credentials("UnrecognizedClientException (HTTP status 400): The security token is invalid.")
        )
        #expect(services.requests.count == 1)
        let none = SSMClient(
            AWSSession(
                environment: ["AWS_REGION": "eu-central-1"],
                keys: { try AWSCredentials(environment: [:]) },
                send: { try services.send($0) }
            )
        )
        let error = #expect(throws: SSMError.self) { try none.values(["/a"]) }
        #expect(error?.description == "ssm:/a: no credentials: AWS_ACCESS_KEY_ID is not set")
        #expect(services.requests.count == 1)
    }

    @Test("the region is the environment's or else the profile's; without one the error says what to set")
    func region() throws {
        let services = ScriptedServices(store)
        _ = try client(services, ["HOME": "/h"]).values(["/a"])
        #expect(services.requests.first?.url.text == "https://ssm.us-west-2.amazonaws.com/")
        let homeless = client(services, [:])
        let error = #expect(throws: SSMError.self) { try homeless.values(["/a"]) }
        #expect(error?.description == "ssm:/a: no region to read from; set AWS_REGION")
        let bad = client(services, ["AWS_REGION": "eu central"])
        #expect(throws: SSMError.self) { try bad.values(["/a"]) }
        #expect(services.requests.count == 1)
    }

    @Test("throttled and unanswered calls are tried three times, with pauses; definite errors are not retried")
    func retries() throws {
        let waits = Mutex<[Double]>([])
        let record: @Sendable (Double) -> Void = { seconds in waits.withLock { $0.append(seconds) } }
        let count = Mutex(0)
        let passing = ScriptedServices { request in
            switch count.withLock({ count in
                count += 1
                return count
            }) {
            case 1: throw HTTPError(host: "h", reason: .timedOut)
            case 2: refusal("ThrottlingException", "Rate exceeded")
            default: store(request)
            }
        }
        #expect(try client(passing, waited: record).values(["/a"]) == ["/a": "v/a"])
        #expect(waits.withLock { $0 } == [1, 2])
        let down = ScriptedServices { _ in HTTPResponse(status: 502, body: Array("<html>".utf8)) }
        let unreached = client(down, waited: record)
        let error = #expect(throws: SSMError.self) { try unreached.values(["/a"]) }
        #expect(down.requests.count == 3)
        #expect(error?.description.contains("Parameter Store was not reached: HTTP status 502") == true)
        let elsewhere = client(ScriptedServices { _ in HTTPResponse(status: 200, body: Array("<html>".utf8)) })
        #expect(throws: SSMError.self) { try elsewhere.values(["/a"]) }
    }

    @Test("clock skew is corrected from the response, which is JSON here")
    func skew() throws {
        let services = ScriptedServices { request in
            request.headers.contains { $0.name == "X-Amz-Date" && $0.value == "20261124T030000Z" }
                ? store(request)
                : answer(
                    400,
                    ["__type": "InvalidSignatureException", "message": "Signature expired: it is now earlier"],
                    date: "Tue, 24 Nov 2026 03:00:00 GMT"
                )
        }
        #expect(try client(services).values(["/a"]) == ["/a": "v/a"])
        #expect(services.requests.count == 2)
    }
}

@Suite(.blocking, .needsPeers)
struct SSMPeerTests {
    @Test("moto's Parameter Store returns over ten values and decrypts a SecureString, and missing names are reported")
    func moto() throws {
        let peer = try MotoPeer.shared()
        var wanted: [String: String] = [:]
        for number in 1...12 {
            let name = "/purser/\(number)"
            let value = "value \(number) ä \"q\""
            wanted[name] = value
            let made = try peer.call(
                "ssm",
                "put_parameter",
                [
                    "Name": .string(name), "Value": .string(value),
                    "Type": .string(number == 12 ? "SecureString" : "String"),
                ]
            )
            #expect(made["Version"] != nil)
        }
        let client = SSMClient(
            AWSSession(
                environment: [
                    "AWS_ENDPOINT_URL_SSM": peer.endpoint, "AWS_REGION": "eu-central-1",
                    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret",
                ],
                http: .patient
            )
        )
        #expect(try client.values(wanted.keys.sorted()) == wanted)
        #expect(try client.values(["/purser/1:1"]) == ["/purser/1:1": wanted["/purser/1"]])
        let error = #expect(throws: SSMError.self) { try client.values(["/purser/1", "/purser/none"]) }
        #expect(error == SSMError(["/purser/none"], .missing(region: "eu-central-1")))
    }
}
