/// Parameters that could not be read, why, and what to do.
package struct SSMError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Reason: Sendable, Equatable {
        /// Neither the environment nor the profile names a region.
        case noRegion
        /// No usable credentials, with the places that were tried or with AWS's message about keys that it does not
        /// know.
        case credentials(String)
        /// The parameters do not exist in the region.
        case missing(region: String)
        /// The caller may not read them, or may not use the key that they are encrypted with; with AWS's message.
        case denied(String)
        /// With AWS's message.
        case refused(String)
        /// None of the attempts got a response from the service.
        case unavailable(String)
    }

    /// The names as they were requested.
    package let parameters: [String]
    package let reason: Reason

    package init(_ parameters: [String], _ reason: Reason) {
        self.parameters = parameters
        self.reason = reason
    }

    package var description: String {
        let names = parameters.map { "ssm:" + $0 }.joined(separator: ", ")
        return switch reason {
        case .noRegion: "\(names): no region to read from; set AWS_REGION"
        case .credentials(let words): "\(names): \(words)"
        case .missing(let region):
            "\(names): no such parameter in \(region); create it with `aws ssm put-parameter`, or correct the setting"
        case .denied(let words):
            "\(names): may not be read: \(words); allow ssm:GetParameters, and kms:Decrypt for a SecureString's key"
        case .refused(let words): "\(names): \(words); correct the setting"
        case .unavailable(let words): "\(names): Parameter Store was not reached: \(words); start again later"
        }
    }
}
