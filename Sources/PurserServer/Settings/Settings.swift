import ChatService
import Purser
import PurserSignIn

/// Every setting of purserd, in the order of the help.
enum Settings {
    static let all: [Setting] = Setting.Group.allCases.flatMap { group in known.filter { $0.group == group } }

    static func named(_ name: String) -> Setting? {
        all.first { $0.name == name }
    }

    private static let known =
        [Setting("PURSERD_CONFIG", "A file of NAME=value lines.", "a path", kind: .own)]
        + DaemonSettings.settings.map(\.setting) + ChatConfiguration.settings.map(\.setting)
        + CognitoSettings.settings.map(\.setting) + DeadLetterSettings.settings.map(\.setting)
        + PriceSettings.settings.map(\.setting) + aws

    private static let aws =
        [Setting("AWS_REGION", "The region.", "a region like us-east-1", "the profile's", kind: .own, group: .aws)]
        + [
            ("AWS_ENDPOINT_URL", "all services"), ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "Bedrock"),
            ("AWS_ENDPOINT_URL_SQS", "SQS"), ("AWS_ENDPOINT_URL_SSM", "Parameter Store"),
            ("AWS_ENDPOINT_URL_STS", "STS"),
        ].map { Setting($0, "An alternative endpoint for \($1).", "a URL", kind: .own, group: .aws) }
}
