import Hummingbird
import NIOCore
import NIOHTTPTypes

/// Keeps a connection from being held for nothing: by a client that sends slowly, that sends nothing, or that goes on sending
/// what was refused.
///
/// It stands behind the reader of HTTP. Its timers are set anew and not cancelled, so that a request costs no more than two
/// comparisons.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    struct Limits: Sendable {
        /// Until a whole head is there, from the connection's start or the last answer's end.
        var head = TimeAmount.seconds(30)
        /// From the head until the whole body is there.
        var body = TimeAmount.seconds(30)
        /// How long what was refused may still come, before the connection is cut.
        var linger = TimeAmount.seconds(2)
    }

    /// The body did not come in time.
    struct BodyTimeout: Error {}

    private enum State {
        case waitingForHead
        case readingBody
        /// The request is there; whoever answers has limits of his own.
        case answering
        /// The body did not come in time; its reader knows.
        case timedOut
        /// The answer is out, and nothing more is read.
        case closing
    }

    private let limits: Limits
    private var state = State.waitingForHead
    private var deadline = NIODeadline.now()
    private var timer: Scheduled<Void>?
    private var closesAfterAnswer = false
    /// Requests that came before the one before them was answered.
    private var queued = 0

    init(_ limits: Limits) {
        self.limits = limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
        wait(limits.head, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head where state == .waitingForHead:
            state = .readingBody
            wait(limits.body, context)
        case .head where state == .answering: queued += 1
        case .end where state == .readingBody: state = .answering
        default: break
        }
        // After the answer is out, what still comes has no reader.
        if state != .closing { context.fireChannelRead(data) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        switch part {
        case .head(let head):
            if head.headerFields[.connection] == "close" { closesAfterAnswer = true }
        case .end where state == .answering && !closesAfterAnswer && queued > 0: queued -= 1
        case .end where state == .answering && !closesAfterAnswer:
            state = .waitingForHead
            wait(limits.head, context)
        case .end where state != .closing:
            // The body was refused, or the answer says so: the end of the answer is the end of the connection.
            state = .closing
            context.writeAndFlush(data, promise: promise)
            context.close(mode: .output, promise: nil)
            wait(limits.linger, context)
            return
        default: break
        }
        context.write(data, promise: promise)
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
        switch state {
        case .answering, .timedOut: break
        case .readingBody:
            state = .timedOut
            context.fireErrorCaught(BodyTimeout())
        case .waitingForHead, .closing: context.close(promise: nil)
        }
    }
}

@available(*, unavailable)
extension ConnectionGuard: Sendable {}
