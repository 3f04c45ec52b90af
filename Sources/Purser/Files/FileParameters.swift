package import PurserCore

/// The values for `${…}` in alarm files and dashboards.
package struct FileParameters: Sendable {
    package let forAlarms: [String: String]
    package let forDashboards: [String: String]

    private static let prefix = "PURSER_PARAMETER_"

    /// Reads `PURSER_PARAMETER_NAME`, which the given values replace, and the Region and the account.
    package init(environment: [String: String], given: [String: String] = [:]) {
        let home = AlarmHome(environment: environment)
        let known = [("Region", home.region), ("AccountId", home.account)].filter { !$0.1.isEmpty }
        // The pseudo parameters of templates that the environment knows.
        var values = Dictionary(uniqueKeysWithValues: known.map { ("AWS::" + $0, $1) })
        for (name, value) in environment where name.hasPrefix(Self.prefix) {
            values[String(name.dropFirst(Self.prefix.count))] = value
        }
        values.merge(given) { $1 }
        forAlarms = values
        forDashboards = values.merging(known) { value, _ in value }
    }
}

extension AlarmHome {
    /// Reads the Region and the account for alarms without a topic.
    package init(environment: [String: String]) {
        self.init(region: environment["AWS_REGION"] ?? "", account: environment["PURSER_ACCOUNT_ID"] ?? "")
    }
}
