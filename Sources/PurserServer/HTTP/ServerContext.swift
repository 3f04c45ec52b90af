import ChatService
import Hummingbird

/// What a connection tells of a request.
struct ServerContext: InitializableFromSource, Sendable {
    /// The other end; nil where it is no IP address.
    let peer: IPAddress?

    init(source: ApplicationRequestContextSource) {
        peer = source.channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
    }
}
