import PurserCore

/// Credentials that were found, and the rules for when to search for others.
struct KeptCredentials {
    enum Next {
        case use(AWSCredentials)
        /// They expire soon: use them until a search has found others.
        case useAndSearch(AWSCredentials)
        case search
        case fail(any Error)
    }

    private(set) var credentials: AWSCredentials?
    private var found: Timestamp?
    private var failure: (error: any Error, time: Timestamp)?

    // botocore insists on new credentials this long before they expire.
    private static let renewalSeconds = 600
    // Credentials that do not expire may be replaced in their file.
    private static let endlessSeconds = 60
    // A chain that found nothing may have waited for a machine that does not respond, and must not wait again for every
    // call.
    private static let failureSeconds = 30

    func next(at time: Timestamp) -> Next {
        let failure = failure.flatMap { time < $0.time + Self.failureSeconds ? $0.error : nil }
        if let credentials, let found {
            if let end = credentials.expiration {
                if time < end - Self.renewalSeconds { return .use(credentials) }
                if time < end { return failure == nil ? .useAndSearch(credentials) : .use(credentials) }
            } else if time < found + Self.endlessSeconds {
                return .use(credentials)
            }
        }
        return failure.map { .fail($0) } ?? .search
    }

    /// Keeps the result of a search. After a failure, the previous credentials are kept.
    mutating func keep(_ result: Result<AWSCredentials, any Error>, at time: Timestamp) {
        switch result {
        case .success(let credentials): self = KeptCredentials(credentials: credentials, found: time)
        case .failure(let error): failure = (error, time)
        }
    }

    /// Drops credentials that AWS refused, unless they were found so recently that a search would find them again.
    mutating func drop(_ refused: AWSCredentials, at time: Timestamp) {
        guard credentials == refused, let found, time >= found + Self.failureSeconds else { return }
        credentials = nil
    }
}

extension KeptCredentials {
    private init(credentials: AWSCredentials, found: Timestamp) {
        self.init()
        self.credentials = credentials
        self.found = found
    }
}
