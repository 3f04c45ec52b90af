import ChatService
import ServiceLifecycle

/// Settles the calls of clients that disconnect before the stream of their answer begins.
///
/// It shuts down after the HTTP server, when no more calls arrive, and ends when all of them are settled.
struct DroppedStreams: Service {
    let service: ChatService

    func run() async {
        await withGracefulShutdownHandler {
            await service.settleDropped()
        } onGracefulShutdown: {
            service.close()
        }
    }
}
