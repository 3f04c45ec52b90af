import ChatService
import HTTPTypes
import Hummingbird
import Foundation
import PurserCore

/// The daemon's HTTP interface: the one place that decides where each request goes.
struct Doors: HTTPResponder {
    /// Authenticates the sender of a request by its `Authorization` fields.
    typealias SignIn = @Sendable ([String]) async throws(ChatRefusal) -> Principal

    /// Authenticates the sender of a request to the Bedrock-shaped interface by its method, path, query and headers, and
    /// then its body.
    typealias KeyCheck = @Sendable (Exchange) async throws(ChatRefusal) -> Claim

    let service: ChatService
    let signIn: SignIn
    /// Nil if that interface is closed.
    let keyCheck: KeyCheck?
    let health: Health
    let metrics: MetricsPage
    let dash: DashDoor
    let log: ServiceLog
    let trustedProxies: [AddressRange]
    let connections: OpenConnections
    let memory: BodyMemory
    let clock: ServiceClock
    /// Called with every refused request, so that it can be looked up by its id; must not wait.
    var keepRefusal: @Sendable (RefusedRequest) -> Void = { _ in }

    func respond(to request: Request, context: ServerContext) async throws -> Response {
        let exchange = Exchange(
            request,
            context: context,
            connections: connections,
            memory: memory,
            trustedProxies: trustedProxies,
            clock: clock
        )
        let reply = await reply(exchange)
        if !reply.isStream {
            note(exchange, status: reply.status, code: reply.code, reply.note)
        }
        return reply.response(to: exchange)
    }

    private func reply(_ exchange: Exchange) async -> Reply {
        // Which of two fields a proxy believed cannot be known (RFC 9112, 3.2).
        if exchange.request.headers.contains(FieldName.host) {
            return Self.error(exchange, status: 400, code: "invalid_request", "Only one Host field is allowed.")
        }
        guard let target = exchange.route.target else {
            if exchange.path.hasPrefix("/model/") {
                return Self.bedrockError(
                    exchange,
                    .unknownOperation,
                    code: "not_found",
                    "There is no such operation."
                )
            }
            return Self.error(exchange, status: 404, code: "not_found", "There is nothing at this path.")
        }
        let method = exchange.request.method
        switch (target, method) {
        case (.chat, .post): return await chat(exchange)
        case (.chat, .options): return preflight(exchange)
        case (.converse(let model), .post): return await converse(exchange, modelId: model)
        case (.converseStream(let model), .post): return await converseStream(exchange, modelId: model)
        case (.health, .get), (.health, .head): return await health.reply()
        case (.metrics, .get), (.metrics, .head): return await metrics.reply(exchange)
        case (.dash(let part), .get), (.dash(let part), .head): return await dashboard(exchange, part)
        default:
            return Self.error(
                exchange,
                status: 405,
                code: "method_not_allowed",
                "Only \(target.methods) is allowed here.",
                headers: [(.allow, target.methods)]
            )
        }
    }

    /// Writes the log line for a finished request.
    func note(
        _ exchange: Exchange,
        status: Int,
        code: String,
        _ note: CallNote,
        isStream: Bool = false
    ) {
        log.request(
            ServiceLog.RequestLine(
                exchange: exchange,
                method: exchange.request.method.rawValue,
                route: exchange.route.name,
                status: status,
                code: code,
                note: note,
                isStream: isStream,
                isRoutine: exchange.route.isRoutine,
                duration: clock.nanoseconds() - exchange.arrived
            )
        )
    }

    /// Keeps a refused request, so that it can be looked up by the ids in its response.
    func keep(_ refusal: ChatRefusal, _ exchange: Exchange) {
        let caller = exchange.caller.value
        keepRefusal(
            RefusedRequest(
                requestId: exchange.requestId,
                correlationId: exchange.correlationId,
                time: clock.now(),
                isSignedIn: caller != nil,
                caller: caller ?? Caller(),
                // A stranger's path can be any text, and so names only models with a price.
                modelId: exchange.route.target?.modelId.flatMap { model in
                    (caller != nil && model.utf8.count <= 256) || service.hasPrice(model) ? model : nil
                },
                code: refusal.kind.code,
                reason: refusal.reason
            )
        )
    }

    /// Returns a response without a result, in the format that all of them share.
    static func error(
        _ exchange: Exchange,
        status: Int,
        code: String,
        _ message: String,
        more: [JSONValue.Member] = [],
        headers: [(HTTPField.Name, String)] = [],
        note: CallNote = CallNote()
    ) -> Reply {
        let members = [JSONValue.Member("code", .string(code)), .init("message", .string(message))] + more
        return Reply(
            status: status,
            code: code,
            headers: headers,
            json: ["error": .object(members), "correlationId": .string(exchange.correlationId)],
            note: note
        )
    }
}

/// The destination of a path.
struct Route: Sendable {
    enum Target: Sendable {
        case chat
        case health
        case metrics
        case dash(DashDoor.Part)
        case converse(modelId: String)
        case converseStream(modelId: String)

        /// The model that the path names.
        var modelId: String? {
            switch self {
            case .converse(let modelId), .converseStream(let modelId): modelId
            case .chat, .health, .metrics, .dash: nil
            }
        }

        var methods: String {
            switch self {
            case .chat: "POST, OPTIONS"
            case .health, .metrics, .dash: "GET, HEAD"
            case .converse, .converseStream: "POST"
            }
        }
    }

    /// Nil if there is nothing at the path.
    let target: Target?

    init(_ path: String) {
        switch path {
        case "/chat": target = .chat
        case "/health": target = .health
        case "/metrics": target = .metrics
        default: target = DashDoor.Part(rawValue: path).map(Target.dash) ?? Self.model(path)
        }
    }

    var isChat: Bool {
        if case .chat = target { true } else { false }
    }

    var isRoutine: Bool {
        switch target {
        // The page fetches itself again whenever there is new data.
        case .health, .metrics, .dash: true
        default: false
        }
    }

    /// The name of the route, for the log; a path can be anything.
    var name: String {
        switch target {
        case .chat: "/chat"
        case .health: "/health"
        case .metrics: "/metrics"
        case .dash(let part): part.rawValue
        case .converse: "/model/{modelId}/converse"
        case .converseStream: "/model/{modelId}/converse-stream"
        case nil: "unknown"
        }
    }

    /// Reads `/model/{modelId}/converse` and `/model/{modelId}/converse-stream`, with the id percent-encoded as one
    /// segment.
    ///
    /// An id may contain only the characters of Bedrock's ids and ARNs, so it cannot lead to another path.
    private static func model(_ path: String) -> Target? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0].isEmpty, parts[1] == "model", parts[2].utf8.count <= 2048,
            let id = parts[2].removingPercentEncoding, !id.isEmpty, id.utf8.allSatisfy(isOfModelId), !id.contains("..")
        else { return nil }
        switch parts[3] {
        case "converse": return .converse(modelId: id)
        case "converse-stream": return .converseStream(modelId: id)
        default: return nil
        }
    }

    private static func isOfModelId(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: ":"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
