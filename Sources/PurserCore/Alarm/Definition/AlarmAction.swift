/// The actions that an alarm may have, and why others are rejected.
enum AlarmAction {
    private static let allowed = "allowed: arn:aws:sns:REGION:ACCOUNT:TOPIC"

    // CloudWatch's other actions, by the service that the ARN names.
    private static let others = [
        "lambda": "a Lambda function", "automate": "an EC2 action", "swf": "an EC2 action",
        "autoscaling": "an Auto Scaling policy", "ssm": "an OpsItem", "ssm-incidents": "an incident",
        "aiops": "an investigation", "cloudwatch": "an alarm",
    ]

    /// Returns the fault of an action that is not the ARN of a topic.
    static func refusal(of text: String) -> String {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count > 2, parts[0] == "arn", let what = others[String(parts[2])] else {
            return "`\(text)` is not allowed; \(allowed)"
        }
        return "`\(text)` is \(what), which CloudWatch carries out but Purser does not; \(allowed)"
    }
}
