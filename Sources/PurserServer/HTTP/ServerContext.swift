import ChatService
import Hummingbird
import NIOCore

/// The information about a request that comes from its connection.
struct ServerContext: InitializableFromSource, Sendable {
    /// The other end; nil if it is not an IP address.
    let peer: IPAddress?
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        channel = source.channel
        peer = source.channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
    }
}
