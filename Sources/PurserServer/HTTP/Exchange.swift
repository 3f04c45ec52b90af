import ChatService
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes
import PurserAWS
import PurserCore
import PurserHTTP
import Synchronization

/// One request and what is known about it before anything in it is trusted.
struct Exchange: Sendable {
    let request: Request
    /// The path as sent, without the query.
    let path: String
    let query: String?
    /// The destination of the path.
    let route: Route
    let client: ClientAddress
    let requestId: String
    let correlationId: String
    let traceParent: TraceParent?
    /// When the request arrived, in nanoseconds on the service's clock.
    let arrived: Int64
    let caller = CallerSeen()
    /// The memory of the body; it is returned when the request has ended.
    private let memory: BodyMemory.Share
    /// Whether the client has disconnected.
    let isCallerGone: @Sendable () -> Bool
    /// Tells the client to send its body.
    private let sendContinue: @Sendable () async throws -> Void

    init(
        _ request: Request,
        context: ServerContext,
        connections: OpenConnections,
        memory: BodyMemory,
        trustedProxies: [AddressRange],
        clock: ServiceClock
    ) {
        self.request = request
        let target = request.head.path ?? "/"
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        query = parts.count > 1 ? String(parts[1]) : nil
        route = Route(path)
        client = ClientAddress(
            peer: context.peer,
            forwardedFor: request.headers[values: FieldName.forwardedFor],
            hasForwarded: FieldName.ofProxies.contains { request.headers.contains($0) },
            trusted: trustedProxies
        )
        requestId = CallID.new(at: clock.now())
        correlationId = Self.correlationId(request) ?? requestId
        traceParent = request.headers[FieldName.traceParent].flatMap(TraceParent.init)
        arrived = clock.nanoseconds()
        // A proxy's address is that of many clients, unless the proxy names them.
        let isProxys = client.address.map { trustedProxies.contains($0) } ?? true
        self.memory = BodyMemory.Share(
            memory,
            address: isProxys ? nil : client.address,
            isChat: route.isChat
        )
        let channel = context.channel
        sendContinue = {
            try await channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)))
        }
        isCallerGone = { !channel.isActive || connections.isClosed(ObjectIdentifier(channel)) }
    }

    var address: IPAddress? {
        client.address
    }

    /// The head in the form that a signature covers.
    var signedHead: SignedRequestHead {
        var headers = request.headers.map { HTTPHeader($0.name.rawName, $0.value) }
        // The HTTP types keep the Host field separate.
        if let authority = request.head.authority { headers.append(HTTPHeader("host", authority)) }
        return SignedRequestHead(method: request.method.rawValue, path: path, query: query, headers: headers)
    }

    /// What the request's signature claims, unchecked; nil if it has none that can be read.
    var signatureClaim: SigV4Claim? {
        request.headers[.authorization].flatMap { try? SigV4Claim(authorization: $0) }
    }

    /// Returns a header's only value; nil if it is missing or given more than once.
    func header(_ name: HTTPField.Name) -> String? {
        let values = request.headers[values: name]
        return values.count == 1 ? values[0] : nil
    }

    /// Returns what the caller calls its conversation or the run of an agent; nil if it does not say it.
    ///
    /// A form that cannot be used is refused: a budget for each session would not limit a call whose session is dropped.
    func session() throws(ChatRefusal) -> String? {
        let values = request.headers[values: FieldName.session]
        if values.isEmpty { return nil }
        guard values.count == 1, Self.isPrintable(values[0]) else {
            let form = "one value of 1 to 128 printable ASCII characters without blanks"
            throw .invalidRequest("The header X-Purser-Session must have \(form).")
        }
        return values[0]
    }

    /// When the caller stops waiting: the `ttl` that some AWS SDKs send with each attempt; nil if there is none.
    var deadline: Timestamp? {
        let fields = header(FieldName.amazonSDKRequest)?.split(separator: ";") ?? []
        let ttl = fields.lazy.map { $0.drop { $0 == " " } }.first { $0.hasPrefix("ttl=") }?.dropFirst(4)
        return ttl.flatMap { Timestamp(basicISO8601: String($0)) }
    }

    /// Returns the caller's own id if it can be logged: X-Correlation-Id, or the Root of X-Amzn-Trace-Id.
    private static func correlationId(_ request: Request) -> String? {
        if let id = request.headers[FieldName.correlationId], isPrintable(id) { return id }
        guard let trace = request.headers[FieldName.amazonTrace] else { return nil }
        let root = trace.split(separator: ";").first { $0.hasPrefix("Root=") }
        return root.map { String($0.dropFirst(5)) }.flatMap { isPrintable($0) ? $0 : nil }
    }

    private static func isPrintable(_ id: String) -> Bool {
        (1...128).contains(id.utf8.count) && id.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x5c }
    }
}

/// The caller of a request, once it is known, for the log.
final class CallerSeen: Sendable {
    private let caller = Mutex<Caller?>(nil)

    var value: Caller? {
        get { caller.withLock { $0 } }
        set { caller.withLock { $0 = newValue } }
    }
}

extension Exchange {
    /// The largest buffer that is reserved before the body has arrived.
    private static let mostReservedBytes = 1 << 20

    /// Reads the body to its end, up to `limitBytes` bytes.
    func readBody(limitBytes: Int) async throws(ChatRefusal) -> [UInt8] {
        let length = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        if length > limitBytes { throw .bodyTooLarge(limitBytes: limitBytes) }
        // If a body does not fit, no part of it is kept.
        guard memory.take(bodyBytes: length) else { throw .overloaded }
        var bytes: [UInt8] = []
        // Growing step by step would leave as much memory behind as the body takes.
        bytes.reserveCapacity(max(0, min(length, Self.mostReservedBytes)))
        do {
            if request.head.expectsContinue { try await sendContinue() }
            for try await piece in request.body {
                let count = bytes.count + piece.readableBytes
                guard count <= limitBytes else { throw ChatRefusal.bodyTooLarge(limitBytes: limitBytes) }
                guard memory.take(bodyBytes: count) else { throw ChatRefusal.overloaded }
                bytes.append(contentsOf: piece.readableBytesView)
            }
        } catch let refusal as ChatRefusal {
            throw refusal
        } catch is ConnectionGuard.BodyTimeout {
            throw .bodyIncomplete("The body did not arrive in time.")
        } catch {
            throw .bodyIncomplete("The body did not arrive completely.")
        }
        return bytes
    }
}
