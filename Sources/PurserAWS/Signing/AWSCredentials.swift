package import PurserCore

/// The keys that a request to AWS is signed with.
///
/// However they are printed, dumped or put into a message, only the access key id is shown.
package struct AWSCredentials: Sendable, Equatable {
    package let accessKeyID: String
    package let secretAccessKey: String
    /// Part of temporary credentials; nil for a user's own keys.
    package let sessionToken: String?
    /// When temporary credentials expire; nil if they do not, or if that is not known.
    package let expiration: Timestamp?

    package init(
        accessKeyID: String,
        secretAccessKey: String,
        sessionToken: String? = nil,
        expiration: Timestamp? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }

    /// Reads AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; an empty variable counts as not set.
    package init(environment: [String: String]) throws(AWSCredentialsError) {
        func value(_ variable: String) throws(AWSCredentialsError) -> String? {
            guard let text = environment[variable], !text.isEmpty else { return nil }
            // A stray line break would end up in the request's headers.
            guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { throw .malformed(variable: variable) }
            return text
        }
        guard let accessKeyID = try value("AWS_ACCESS_KEY_ID") else { throw .missing(variable: "AWS_ACCESS_KEY_ID") }
        guard let secretAccessKey = try value("AWS_SECRET_ACCESS_KEY") else {
            throw .missing(variable: "AWS_SECRET_ACCESS_KEY")
        }
        self.init(
            accessKeyID: accessKeyID,
            secretAccessKey: secretAccessKey,
            sessionToken: try value("AWS_SESSION_TOKEN")
        )
    }
}

extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        "credentials of " + accessKeyID + (sessionToken == nil ? "" : " (temporary)")
    }

    package var debugDescription: String {
        description
    }

    package var customMirror: Mirror {
        Mirror(self, children: ["accessKeyID": accessKeyID])
    }
}

/// Credentials that could not be read, and the environment variable to fix.
package enum AWSCredentialsError: Error, Equatable, CustomStringConvertible {
    case missing(variable: String)
    /// It contains a space, a line break or another character that no key has.
    case malformed(variable: String)

    package var description: String {
        switch self {
        case .missing(let variable): "no credentials: \(variable) is not set"
        case .malformed(let variable):
            "no credentials: \(variable) contains a space, a line break or a character that no key has"
        }
    }
}
