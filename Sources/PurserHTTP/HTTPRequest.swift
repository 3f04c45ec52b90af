/// One line of an HTTP header.
package struct HTTPHeader: Sendable, Equatable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    package var lowercasedName: String {
        name.lowercased()
    }
}

/// A request, ready to be signed or sent; its body is sent unchanged, with its length.
package struct HTTPRequest: Sendable, Equatable {
    /// `GET`, `POST` and so on, in capitals.
    package var method: String
    package var url: HTTPURL
    /// In the order in which they are sent; a name may occur more than once.
    package var headers: [HTTPHeader]
    package var body: [UInt8]

    package init(method: String = "GET", url: HTTPURL, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}
