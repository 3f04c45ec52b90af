import PurserAWS
import PurserCore
import PurserHTTP
import TestSupport
import Testing

@Suite struct AWSFaultTests {
    /// If a signature is wrong, AWS repeats the request in its response, including the token of temporary credentials.
    @Test("a service's message about a wrong signature is kept without the request", arguments: [true, false])
    func canonicalString(isXML: Bool) {
        let reason = "The request signature we calculated does not match the signature you provided."
        let request = "The Canonical String for this request should have been 'POST / x-amz-security-token:FwoGZXIv'"
        let body =
            isXML
            ? "<Error><Code>SignatureDoesNotMatch</Code><Message>\(reason)\n\n\(request)</Message></Error>"
            : #"{"__type":"SignatureDoesNotMatch","message":"\#(reason)\n\n\#(request)"}"#
        let client = SNSClient(
            AWSSession(
                keys: { AWSCredentials(accessKeyID: "A", secretAccessKey: "s") },
                send: { _ in HTTPResponse(status: 403, body: Array(body.utf8)) }
            )
        )
        let message = SNSMessage(
            topicARN: "arn:aws:sns:us-east-1:111122223333:t",
            subject: "s",
            body: "b",
            id: "i",
            group: "g"
        )
        #expect(
            client.publish(message, at: scriptedTime)
                == .rejected(reason: "SignatureDoesNotMatch (HTTP status 403): \(reason)")
        )
    }
}
