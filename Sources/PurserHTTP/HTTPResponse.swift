/// What a server answered.
public struct HTTPResponse: Sendable, Equatable {
    public var status: Int
    /// In the order in which they came.
    public var headers: [HTTPHeader]
    public var body: [UInt8]

    public init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of a header, whatever the case of its name.
    public func header(_ name: String) -> String? {
        headers.first { $0.lowercasedName == name.lowercased() }?.value
    }

    /// The body as text; what is not UTF-8 becomes U+FFFD.
    public var text: String {
        String(decoding: body, as: UTF8.self)
    }
}
