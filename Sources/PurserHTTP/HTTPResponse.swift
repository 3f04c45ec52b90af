/// A server's response.
package struct HTTPResponse: Sendable, Equatable {
    package var status: Int
    /// In the order in which they arrived.
    package var headers: [HTTPHeader]
    package var body: [UInt8]

    package init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Returns the first value of a header; the case of its name is ignored.
    package func header(_ name: String) -> String? {
        headers.first { $0.lowercasedName == name.lowercased() }?.value
    }

    /// The body as text; bytes that are not valid UTF-8 become U+FFFD.
    package var text: String {
        String(decoding: body, as: UTF8.self)
    }
}
