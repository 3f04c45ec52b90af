/// The actions that an alarm may have besides topics, which CloudWatch carries out and Purser does not.
enum AlarmAction {
    static let allowed = "allowed: arn:aws:sns:REGION:ACCOUNT:TOPIC"

    // By the service that the ARN names.
    private static let others = [
        "lambda": "a Lambda function", "automate": "an EC2 action", "swf": "an EC2 action",
        "autoscaling": "an Auto Scaling policy", "ssm": "an OpsItem", "ssm-incidents": "an incident",
        "aiops": "an investigation", "cloudwatch": "an alarm",
    ]

    /// Returns what an action is that is not a topic: `a Lambda function`; nil if CloudWatch would refuse it.
    static func kind(of text: String) -> String? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count > 3, parts[0] == "arn" else { return nil }
        return others[String(parts[2])]
    }
}
