import ChatService
import HTTPTypes
import Hummingbird
import PurserCore

/// A response before it is sent, with its details for the log.
struct Reply: Sendable {
    var status: Int
    /// The stable word for how it ended: `success`, or the code of a refusal.
    var code: String
    var headers: [(HTTPField.Name, String)] = []
    var body: ResponseBody
    var note: CallNote
    /// Whether the body itself writes the log line when the response is finished.
    var isStream = false

    init(
        status: Int,
        code: String,
        headers: [(HTTPField.Name, String)] = [],
        type: String,
        body: [UInt8],
        note: CallNote = CallNote()
    ) {
        self.status = status
        self.code = code
        self.headers = [(.contentType, type)] + headers
        self.body = ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        self.note = note
    }

    init(
        status: Int,
        code: String,
        headers: [(HTTPField.Name, String)] = [],
        json: JSONValue,
        note: CallNote = CallNote()
    ) {
        self.init(
            status: status,
            code: code,
            headers: headers,
            type: "application/json",
            body: json.utf8() + [UInt8(ascii: "\n")],
            note: note
        )
    }

    /// Returns a response that is sent while it is being produced.
    static func stream(
        type: String,
        headers: [(HTTPField.Name, String)],
        write: @escaping @concurrent @Sendable (inout any ResponseBodyWriter) async throws -> Void
    ) -> Reply {
        var reply = Reply(status: 200, code: "success", headers: headers, type: type, body: [])
        reply.body = ResponseBody(write)
        reply.isStream = true
        return reply
    }

    /// Returns a response without a body.
    static func empty(status: Int, code: String, headers: [(HTTPField.Name, String)] = []) -> Reply {
        var reply = Reply(status: status, code: code, headers: headers, type: "", body: [])
        reply.headers.removeFirst()
        reply.body = ResponseBody()
        return reply
    }

    /// Returns the response as it is sent: with the ids, and with headers that keep a browser from interpreting it. For
    /// HEAD it has only the headers, including the length of the body that is not sent.
    func response(to exchange: Exchange) -> Response {
        var fields = HTTPFields()
        for (name, value) in headers { fields.append(HTTPField(name: name, value: value)) }
        fields[FieldName.correlationId] = exchange.correlationId
        fields[.xContentTypeOptions] = "nosniff"
        if fields[.cacheControl] == nil { fields[.cacheControl] = "no-store" }
        if fields[FieldName.contentSecurityPolicy] == nil {
            fields[FieldName.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        }
        let response = Response(status: .init(code: status), headers: fields, body: body)
        guard exchange.request.method == .head else { return response }
        return Response(status: response.status, headers: response.headers)
    }
}

/// What the log contains about a call, in addition to its request.
struct CallNote: Sendable {
    var modelId: String?
    var usage: TokenUsage?
    var cost: Picodollars?
    var retries: Int?
    var timings: ChatTimings?
    /// Bedrock's id of the request.
    var upstreamRequestId: String?
    /// For the operator, who needs to know more than the caller.
    var error: ModelError?
}

extension CallNote {
    init(_ answer: ChatAnswer) {
        self.init(
            modelId: answer.modelId,
            usage: answer.response.usage,
            cost: answer.cost,
            retries: answer.retries,
            timings: answer.timings,
            upstreamRequestId: answer.response.upstreamRequestId
        )
    }

    init(_ failure: ChatFailure) {
        self.init(
            modelId: failure.modelId,
            usage: failure.usage,
            cost: failure.cost,
            retries: failure.retries,
            timings: failure.timings,
            upstreamRequestId: failure.error.upstreamRequestId,
            error: failure.error
        )
    }
}
