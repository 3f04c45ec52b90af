/// One line of an HTTP header.
public struct HTTPHeader: Sendable, Equatable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    package var lowercasedName: String {
        name.lowercased()
    }
}

/// A request, ready to be signed or sent; its body is sent unchanged, with its length.
public struct HTTPRequest: Sendable, Equatable {
    /// `GET`, `POST` and so on, in capitals.
    public var method: String
    public var url: HTTPURL
    /// In the order in which they are sent; a name may occur more than once.
    public var headers: [HTTPHeader]
    public var body: [UInt8]

    public init(method: String = "GET", url: HTTPURL, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}
