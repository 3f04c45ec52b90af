import HTTPTypes

/// The names of header fields that are not in the standard's list.
enum FieldName {
    static let traceParent = name("traceparent")
    static let forwardedFor = name("x-forwarded-for")
    /// What proxies add to the requests that they pass on, besides ``forwardedFor``.
    static let ofProxies = ["forwarded", "via", "x-real-ip", "x-forwarded-host", "x-forwarded-proto"].map(name)
    static let amazonTrace = name("x-amzn-trace-id")
    static let correlationId = name("x-correlation-id")
    static let session = name("x-purser-session")
    static let budgetRemaining = name("x-budget-remaining")
    /// Another Host field than the first, which the HTTP types keep apart.
    static let host = name("host")
    static let amazonErrorType = name("x-amzn-errortype")
    /// The attempt of an AWS SDK: `ttl=20261129T120000Z; attempt=1; max=3`.
    static let amazonSDKRequest = name("amz-sdk-request")
    static let amazonRequestId = name("x-amzn-requestid")
    static let referrerPolicy = name("referrer-policy")
    static let contentSecurityPolicy = name("content-security-policy")
    /// Asks a proxy to pass a response on without buffering it.
    static let accelBuffering = name("x-accel-buffering")
    static let allowOrigin = name("access-control-allow-origin")
    static let allowMethods = name("access-control-allow-methods")
    static let allowHeaders = name("access-control-allow-headers")
    static let exposeHeaders = name("access-control-expose-headers")
    static let maxAge = name("access-control-max-age")

    private static func name(_ text: String) -> HTTPField.Name {
        // Only the texts above are passed, and each of them is a valid name.
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is not the name of a header field") }
        return name
    }
}
