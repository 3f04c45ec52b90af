/// The Region that AWS's programs call.
package enum AWSRegion {
    /// Returns the Region that AWS_REGION, AWS_DEFAULT_REGION or the profile names; nil if none does.
    ///
    /// A profile that cannot be read names none: an error about it belongs to the client that needs it.
    package static func named(in environment: [String: String]) -> String? {
        try? SharedProfiles(environment, readFile: CredentialChain.read).region
    }
}
