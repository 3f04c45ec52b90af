/// The commands on costs, each in every shape that its result can have.
extension JSONCommand {
    private static let call = ["metrics", "import", "--from", "bedrock-log", "{folder}/calls.jsonl"]
    private static let same = ["cost", "reconcile", "{folder}/same.csv", "--at", at]

    static let costs: [JSONCommand] = [
        JSONCommand("cost estimate"),
        JSONCommand("cost close", "2026-10"),
        JSONCommand("cost", "--month", "2026-10", before: [["cost", "close", "2026-10"]]),
        JSONCommand("cost", "--store", "{folder}/corrected.db", "--month", "2026-12", "--at", "2026-12-10T00:00:00Z"),
        JSONCommand("cost reconcile", "{folder}/bill.csv", "--at", at, "--month", "2026-11", before: [call], status: 1),
        JSONCommand(
            "cost reconcile",
            "{folder}/bill.csv",
            "--at",
            at,
            "--month",
            "2026-11",
            before: [call, same],
            status: 1
        ),
        JSONCommand("cost", "--at", at, before: [call, same]),
        JSONCommand("cost what-if", "--model", "us.amazon.nova-pro-v1:0", "--at", at),
        JSONCommand(
            "cost what-if",
            "--model",
            "us.amazon.nova-pro-v1:0",
            "--at",
            at,
            "--by",
            "hour,tag:env",
            "--where",
            "team=support"
        ),
        JSONCommand("cost", "--at", at),
        JSONCommand(
            "cost",
            "--at",
            at,
            "--explain",
            "team=support,day=2026-11-23",
            "--where",
            "tier=standard",
            schema: "cost-explain"
        ),
        JSONCommand("cost", "--at", at, "--by", "user,application"),
        JSONCommand("cost", "--store", "{folder}/empty.db"),
        JSONCommand("cost forecast", "--at", at),
        JSONCommand("cost forecast", "--store", "{folder}/october.db", "--at", at, "--backtest"),
        JSONCommand("cost forecast", "--at", at, "--team", "support", "--backtest"),
        JSONCommand("cost forecast", "--store", "{folder}/empty.db"),
    ]
}
