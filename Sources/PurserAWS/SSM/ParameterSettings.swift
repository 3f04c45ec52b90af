extension SSMClient {
    /// Returns the settings with each value `ssm:NAME` replaced by that parameter's value; if there are none, no call
    /// is made.
    ///
    /// Throws if one of the parameters cannot be read.
    package func resolved(_ settings: [String: String]) throws(SSMError) -> [String: String] {
        let names = settings.compactMapValues { $0.hasPrefix("ssm:") ? String($0.dropFirst("ssm:".count)) : nil }
        guard !names.isEmpty else { return settings }
        let values = try values(names.values.sorted())
        return settings.merging(names.compactMapValues { values[$0] }) { $1 }
    }
}
