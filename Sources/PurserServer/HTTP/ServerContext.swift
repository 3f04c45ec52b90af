import ChatService
import Hummingbird

/// The information about a request that comes from its connection.
struct ServerContext: InitializableFromSource, Sendable {
    /// The other end; nil if it is not an IP address.
    let peer: IPAddress?

    init(source: ApplicationRequestContextSource) {
        peer = source.channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
    }
}
