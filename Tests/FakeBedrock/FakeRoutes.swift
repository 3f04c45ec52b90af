import Glibc
import PurserAWS
import PurserCore

/// The response to a request, and what happens to the connection afterwards.
struct Exchange {
    enum Ending {
        case keepAlive
        case close
        case reset
        /// Nothing more is sent, and the connection stays open.
        case stall
    }

    /// The bytes to send, each piece at its scheduled time.
    var pieces: [[UInt8]] = []
    var firstAfterMilliseconds = 0
    var betweenMilliseconds = 0
    var ending = Ending.keepAlive
    /// The call to bill with the last piece, or when the client disconnects.
    var call: ModelCall?
}

/// Bedrock's runtime interface, and routes for tests.
///
/// `GET /served` returns what was billed, `POST /faults` with `{"script":"throttling,ok"}` and `{"faults":["stall=0.1"]}`
/// sets the faults of the next calls, and `GET /ping` shows that the server is up.
struct FakeRoutes {
    private var model: FakeModel
    private var check: SignatureCheck
    private var refused = 0
    private var requests = 0
    private static let pieceTokens = 8

    init(model: FakeModel, check: SignatureCheck) {
        self.model = model
        self.check = check
    }

    mutating func bill(_ call: ModelCall, isDelivered: Bool) {
        model.bill(call, isDelivered: isDelivered)
    }

    mutating func exchange(for request: FakeRequest, connections: ConnectionCount) -> Exchange {
        let segments = request.path.split(separator: "/")
        switch (request.method, segments.first) {
        case ("GET", "ping"): return answer(200, "{\"status\":\"ok\"}")
        case ("GET", "served"): return answer(200, served(connections))
        case ("POST", "faults"): return setFaults(request.body)
        case ("POST", "model"):
            guard segments.count == 3, segments[2] == "converse" || segments[2] == "converse-stream" else { break }
            requests += 1
            return converse(request, modelId: Self.decoded(segments[1]), isStream: segments[2] == "converse-stream")
        default: break
        }
        return error(404, "UnknownOperationException", "There is no such operation.")
    }

    private mutating func converse(_ request: FakeRequest, modelId: String, isStream: Bool) -> Exchange {
        if let refusal = check.refusal(of: request, now: time(nil)) {
            refused += 1
            return error(403, refusal.name, refusal.message)
        }
        let read: ConverseRequest
        do {
            read = try ConverseRequest(request.body)
        } catch {
            return self.error(400, error.name, error.message)
        }
        let call = model.call(read, modelId: modelId, isStream: isStream)
        if let told = call.fault?.error { return error(told.status, told.name, "The call is set to fail.") }
        if call.fault == .resetBefore { return Exchange(ending: .reset) }
        var exchange = isStream ? stream(call) : whole(call)
        exchange.firstAfterMilliseconds = model.latencyMilliseconds
        exchange.call = call
        return exchange
    }

    private func whole(_ call: ModelCall) -> Exchange {
        var body = "{\"metrics\":{\"latencyMs\":\(model.latencyMilliseconds)},"
        body += "\"output\":{\"message\":{\"content\":[{\"text\":\""
        body += model.text(0..<call.outputTokens)
        body += "\"}],\"role\":\"assistant\"}},\"stopReason\":\"\(call.stopReason)\",\"usage\":\(call.usage)}"
        var bytes = Self.head(200, "application/json", "Content-Length: \(body.utf8.count)\r\n") + Array(body.utf8)
        switch call.fault {
        case .resetAfter: return Exchange(ending: .reset)
        case .stall: return Exchange(ending: .stall)
        case .cut:
            bytes.removeLast(body.utf8.count / 2)
            return Exchange(pieces: [bytes], ending: .close)
        default: return Exchange(pieces: [bytes])
        }
    }

    private func stream(_ call: ModelCall) -> Exchange {
        var messages = [EventStreamMessage(event: "messageStart", payload: Array("{\"role\":\"assistant\"}".utf8))]
        for first in stride(from: 0, to: call.outputTokens, by: Self.pieceTokens) {
            let text = model.text(first..<min(first + Self.pieceTokens, call.outputTokens))
            let payload = "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"\(text)\"}}"
            messages.append(EventStreamMessage(event: "contentBlockDelta", payload: Array(payload.utf8)))
        }
        let middle = (messages.count + 1) / 2
        messages += [
            EventStreamMessage(event: "contentBlockStop", payload: Array("{\"contentBlockIndex\":0}".utf8)),
            EventStreamMessage(event: "messageStop", payload: Array("{\"stopReason\":\"\(call.stopReason)\"}".utf8)),
            EventStreamMessage(
                event: "metadata",
                payload: Array(
                    "{\"metrics\":{\"latencyMs\":\(model.latencyMilliseconds)},\"usage\":\(call.usage)}".utf8
                )
            ),
        ]
        if call.fault == .streamException {
            let payload = Array("{\"message\":\"The stream is set to fail.\"}".utf8)
            messages[middle...] = [EventStreamMessage(exception: "modelStreamErrorException", payload: payload)]
        }
        var events = messages.map { (try? $0.encoded()) ?? [] }
        if call.fault == .badChecksum { events[middle][events[middle].count - 1] ^= 0xff }
        var pieces = events.map { Array("\(String($0.count, radix: 16))\r\n".utf8) + $0 + [13, 10] }
        pieces.append(Array("0\r\n\r\n".utf8))
        pieces[0] =
            Self.head(200, "application/vnd.amazon.eventstream", "Transfer-Encoding: chunked\r\n") + pieces[0]
        var exchange = Exchange(betweenMilliseconds: model.pieceMilliseconds)
        switch call.fault {
        case .resetAfter:
            exchange.ending = .reset
            return exchange
        case .stall:
            pieces.removeSubrange(middle...)
            exchange.ending = .stall
        case .cut:
            // Every message sent is complete, so only the missing end shows the cut.
            pieces.removeLast(2)
            exchange.ending = .close
        default: break
        }
        exchange.pieces = model.pieceMilliseconds == 0 ? [Array(pieces.joined())] : pieces
        return exchange
    }

    private mutating func setFaults(_ body: [UInt8]) -> Exchange {
        do {
            let value = try JSONValue(parsing: String(decoding: body, as: UTF8.self))
            var plan = FaultPlan()
            plan.script = try FaultPlan.names(value["script"]?.string ?? "")
            for text in value["faults"]?.array ?? [] { try plan.add(text.string ?? "") }
            model.faults = plan
            return answer(200, "{}")
        } catch {
            return self.error(400, "ValidationException", "\(error)")
        }
    }

    private func served(_ connections: ConnectionCount) -> String {
        let totals = model.totals
        let value: JSONValue = [
            "calls": .integer(totals.billed), "inputTokens": .integer(totals.inputTokens),
            "outputTokens": .integer(totals.outputTokens), "delivered": .integer(totals.delivered),
            "requests": .integer(requests), "refused": .integer(refused),
            "errors": .object(totals.errors.sorted { $0.key < $1.key }.map { .init($0.key, .integer($0.value)) }),
            "connections": .integer(connections.open), "mostConnections": .integer(connections.most),
        ]
        return value.text()
    }

    private mutating func error(_ status: Int, _ name: String, _ message: String) -> Exchange {
        model.count(error: name)
        return answer(
            status,
            JSONValue.object([.init("message", .string(message))]).text(),
            "x-amzn-ErrorType: \(name)\r\n"
        )
    }

    private func answer(_ status: Int, _ body: String, _ headers: String = "") -> Exchange {
        let length = "Content-Length: \(body.utf8.count)\r\n"
        return Exchange(pieces: [Self.head(status, "application/json", length + headers) + Array(body.utf8)])
    }

    private static func head(_ status: Int, _ type: String, _ headers: String) -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        let id = String(random.next() | 1 << 63, radix: 16) + String(random.next() | 1 << 63, radix: 16)
        let lines = "HTTP/1.1 \(status) \(status == 200 ? "OK" : "Error")\r\nContent-Type: \(type)\r\n\(headers)"
        return Array("\(lines)Date: \(HTTPDate.now)\r\nx-amzn-RequestId: \(id)\r\n\r\n".utf8)
    }

    private static func decoded(_ segment: Substring) -> String {
        guard segment.utf8.contains(UInt8(ascii: "%")) else { return String(segment) }
        var out: [UInt8] = []
        var rest = Array(segment.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                out.append(value)
                rest = rest.dropFirst(2)
            } else {
                out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}

/// The number of open connections, and its peak.
struct ConnectionCount {
    var open = 0
    var most = 0
}
