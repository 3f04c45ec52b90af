import ChatService
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// Closes connections whose client sends slowly, sends nothing, stops reading the response, or keeps sending a refused
/// body, and those of an address that has too many.
///
/// It comes after the HTTP decoder. Its deadline is moved without cancelling the timer, so a request costs no more than
/// two comparisons.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    struct Limits: Sendable {
        /// From the start of the connection, or the end of the last response, until the whole head has arrived.
        var head = TimeAmount.seconds(30)
        /// From the head, or the response to the previous request, until the whole body has arrived.
        var body = TimeAmount.seconds(30)
        /// How long a client may take to read a waiting response down to the channel's low-water mark (32 KiB).
        var answer = TimeAmount.seconds(30)
        /// How long a refused body may keep arriving before the connection is closed.
        var linger = TimeAmount.seconds(2)
    }

    /// The body did not arrive in time.
    struct BodyTimeout: Error {}

    private enum State {
        case open
        /// The body did not arrive in time; its reader was notified.
        case timedOut
        /// The response has been sent, and nothing more is read.
        case closing
    }

    private let limits: Limits
    private let connections: OpenConnections
    /// The client's address, if the connection is counted.
    private var address: IPAddress?
    private var isCounted = false
    private var state = State.open
    /// Requests whose head has arrived but whose response has not been sent: a client may send the next request before
    /// the first is answered.
    private var unanswered = 0
    /// Whether the last of them still lacks a part of its body.
    private var isIncomplete = false
    private var deadline = NIODeadline.now()
    private var timer: Scheduled<Void>?
    /// Runs while the client reads nothing.
    private var stall: Scheduled<Void>?
    private var closesAfterAnswer = false

    init(_ limits: Limits, _ connections: OpenConnections) {
        self.limits = limits
        self.connections = connections
    }

    func handlerAdded(context: ChannelHandlerContext) {
        address = context.channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
        // The usual buffers of up to 64 KiB would make thousands of slow clients expensive.
        let buffers = AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 2048, maximum: 8192)
        try? context.channel.syncOptions?.setOption(.recvAllocator, value: buffers)
        isCounted = connections.open(address)
        if isCounted { wait(limits.head, context) } else { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        cancelTimers()
        if isCounted { connections.close(address, ObjectIdentifier(context.channel)) }
        isCounted = false
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { connections.noteClosed(ObjectIdentifier(context.channel)) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancelTimers()
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stall?.cancel()
        stall = nil
        if !context.channel.isWritable {
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            stall = context.eventLoop.scheduleTask(in: limits.answer) { bound.value.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var data = data
        switch unwrapInboundIn(data) {
        case .head(var head):
            unanswered += 1
            isIncomplete = true
            waitForBody(context)
            // The server looks for exactly this, and clients write `Close` as well.
            if head.asksToClose {
                head.headerFields[.connection] = "close"
                data = wrapInboundOut(.head(head))
            }
        case .end: isIncomplete = false
        case .body: break
        }
        // After the response is sent, data that still arrives has no reader.
        if state != .closing { context.fireChannelRead(data) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status.kind == .informational: break
        case .head(var head):
            // Where the next request begins is known only once the whole body has arrived.
            if isReadingBody || state == .timedOut { head.headerFields[.connection] = "close" }
            if head.headerFields[.connection] == "close" { closesAfterAnswer = true }
            return context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end where state == .closing: break
        case .end where closesAfterAnswer:
            state = .closing
            context.writeAndFlush(data, promise: promise)
            context.close(mode: .output, promise: nil)
            wait(limits.linger, context)
            return
        case .end:
            unanswered -= 1
            if unanswered == 0 { wait(limits.head, context) } else { waitForBody(context) }
        default: break
        }
        context.write(data, promise: promise)
    }

    /// Whether the request that is being answered is still incomplete.
    private var isReadingBody: Bool {
        unanswered == 1 && isIncomplete
    }

    private func waitForBody(_ context: ChannelHandlerContext) {
        if isReadingBody { wait(limits.body, context) }
    }

    private func cancelTimers() {
        timer?.cancel()
        timer = nil
        stall?.cancel()
        stall = nil
    }

    private func wait(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        let next = NIODeadline.now() + time
        if next < deadline {
            timer?.cancel()
            timer = nil
        }
        deadline = next
        if timer == nil { schedule(context) }
    }

    private func schedule(_ context: ChannelHandlerContext) {
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        let guardian = NIOLoopBound(self, eventLoop: context.value.eventLoop)
        timer = context.value.eventLoop.scheduleTask(deadline: deadline) {
            guardian.value.timer = nil
            guardian.value.fire(context.value)
        }
    }

    private func fire(_ context: ChannelHandlerContext) {
        guard deadline <= .now() else { return schedule(context) }
        if state == .open, isReadingBody {
            state = .timedOut
            context.fireErrorCaught(BodyTimeout())
        } else if state == .closing || unanswered == 0 {
            context.close(promise: nil)
        }
    }
}

@available(*, unavailable)
extension ConnectionGuard: Sendable {}

extension HTTPRequest {
    /// Whether the client closes the connection after the response.
    fileprivate var asksToClose: Bool {
        headerFields[values: .connection].joined(separator: ",").lowercased().split(separator: ",")
            .contains { $0.split(separator: " ") == ["close"] }
    }

    /// Whether the client sends the body only after a response `100 Continue`, or after some time.
    var expectsContinue: Bool {
        headerFields[values: .expect].contains { $0.lowercased() == "100-continue" }
    }
}
