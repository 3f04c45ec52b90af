import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

/// A command with `--format json`, to be run on a copy of the demonstration's store.
///
/// `{folder}` in an argument is the folder of the copy.
struct JSONCommand {
    /// The command's words: `alarms show`.
    var name: String
    var arguments: [String] = []
    var input = ""
    /// The commands that are run before it.
    var before: [[String]] = []
    var environment: [String: String] = [:]
    var status: Int32 = 0
    /// The schema of the result; most are named after their command.
    var schema: String

    init(
        _ name: String,
        _ arguments: String...,
        input: String = "",
        before: [[String]] = [],
        environment: [String: String] = [:],
        status: Int32 = 0,
        schema: String? = nil
    ) {
        self.name = name
        self.arguments = arguments
        self.input = input
        self.before = before
        self.environment = environment
        self.status = status
        self.schema = "purser." + (schema ?? name.replacing(" ", with: "-")) + "/1"
    }

    /// All commands that have a JSON form, each in every shape that its result can have.
    ///
    /// `demo` is not among them: it creates the store on which the others run.
    static let all: [JSONCommand] = reports + costs + alarms + metrics + requests + files

    static let at = Demonstrations.end.iso8601()

    private static let reports: [JSONCommand] = [
        JSONCommand(
            "replay",
            "{folder}/traffic.csv",
            "--start",
            "2026-11-24T09:00:00Z",
            "--fault",
            "throttling:0.3@10s+1m"
        ),
        JSONCommand("dash", "--at", at),
        JSONCommand("dash", "--at", "2026-11-24T10:50:00Z", "--since", "90m", "--heatmap"),
        JSONCommand("dash", "--store", "{folder}/empty.db"),
        JSONCommand("dash", "--store", "{folder}/other.db"),
        JSONCommand("dash", "--alarms", "{folder}/faulty", "--at", at),
        JSONCommand(
            "dash",
            "--at",
            at,
            before: [
                ["alarms", "ack", "latency-p99"], ["alarms", "mute", "chat-latency", "--for", "100w", "--at", at],
            ]
        ),
        JSONCommand("dash", "chat", "--at", at, schema: "dashboard"),
        JSONCommand("dash", "--namespace", "ChatService", "--at", at, schema: "dashboard"),
        JSONCommand("dash", "all", "--dashboards", "{folder}/dashboards", "--at", at, status: 3, schema: "dashboard"),
        JSONCommand("dash", "--list", schema: "dash-list"),
        JSONCommand(
            "cost",
            "--by",
            "tier,hour,key,session,tag:env",
            "--where",
            "team=support,team=,model=m",
            "--at",
            at
        ),
        JSONCommand("cost", "--by", "team", "--where", "team=support", "--time-zone", "Europe/Berlin", "--at", at),
        JSONCommand("mark", "v1.2", "--at", at, "--namespace", "ChatService"),
        JSONCommand("mark", "--list", before: [["mark", "v1.2", "--at", at]]),
        JSONCommand("dash", "--at", at, before: [["mark", "v1.2", "--at", "2026-11-24T11:00:00Z"]]),
        JSONCommand("evaluate", "--at", "2026-11-24T12:05:00Z", "--dry-run", status: 2),
        JSONCommand(
            "evaluate",
            "--at",
            "2026-11-24T12:05:00Z",
            "--dry-run",
            before: [["budget", "set", "--team", "support", "12.50", "--at", at]],
            status: 2
        ),
        JSONCommand("evaluate", "--alarms", "{folder}/faulty", "--at", "2026-11-24T12:05:00Z", "--dry-run", status: 3),
        // A message that a topic refused waits for the operator.
        JSONCommand("evaluate", "--at", "2026-11-24T12:05:00Z", status: 3),
        JSONCommand("budget show", "--at", at, before: [["budget", "set", "--team", "support", "12.50", "--at", at]]),
        JSONCommand("budget set", "--team", "support", "12.50", "--at", at),
        JSONCommand("budget set", "none", "--at", at),
        JSONCommand("budget set", "2", "--each", "session", "--window", "hour", "--requests", "9", "--at", at),
        JSONCommand("budget list", before: [["budget", "set", "5", "--window", "day", "--at", at]]),
        JSONCommand(
            "budget remove",
            "--window",
            "week",
            "--at",
            at,
            before: [["budget", "set", "--requests", "5", "--window", "week", "--at", at]]
        ),
        JSONCommand(
            "keys create",
            "--team",
            "t",
            "--budget",
            "25",
            "--models",
            "us.amazon.nova-lite-v1:0",
            "--store",
            "{folder}/empty.db"
        ),
        JSONCommand("keys create", "--team", "t", "--user", "u", "--store", "{folder}/empty.db"),
        JSONCommand("keys list", "--at", at),
        JSONCommand("keys revoke", DemonstrationStore.accessKeyId),
        JSONCommand(
            "keys revoke",
            DemonstrationStore.accessKeyId,
            before: [["keys", "revoke", DemonstrationStore.accessKeyId]]
        ),
    ]

    private static let alarms: [JSONCommand] = [
        JSONCommand("alarms list"),
        JSONCommand("alarms list", "--alarms", "{folder}/faulty", status: 3),
        JSONCommand("alarms list", "--store", "{folder}/empty.db"),
        JSONCommand("alarms show", "latency-p99", before: [["alarms", "ack", "latency-p99", "--note", "seen"]]),
        JSONCommand("alarms show", "latency-p99", "--store", "{folder}/empty.db"),
        JSONCommand("alarms history"),
        JSONCommand("alarms test"),
        JSONCommand("alarms test", "{folder}/failing.test", status: 3),
        JSONCommand("alarms lint"),
        JSONCommand("alarms lint", "--alarms", "{folder}/faulty", status: 3),
        JSONCommand("alarms backtest", "--since", "6h", "--at", at),
        JSONCommand("alarms ack", "latency-p99"),
        JSONCommand("alarms ack", "latency-p99", "--for", "2h", "--by", "ada"),
        JSONCommand("alarms mute", "chat-latency", "--for", "2h"),
        JSONCommand(
            "alarms mute",
            "chat-latency",
            "--end",
            before: [["alarms", "mute", "chat-latency", "--for", "2h"]]
        ),
        JSONCommand(
            "alarms list",
            before: [["alarms", "mute", "chat-latency", "--for", "2h", "--by", "ada", "--note", "known"]]
        ),
        JSONCommand("alarms runbook", "latency-p99"),
        JSONCommand("alarms ack", "latency-p99", "--note", "looking at it"),
        JSONCommand("alarms set-state", "error-rate", "ALARM", "--at", "2026-11-24T12:01:00Z"),
        JSONCommand("alarms set-state", "latency-p99", "ALARM"),
        JSONCommand("alarms retry", "--drop"),
        JSONCommand("alarms retry", before: [["alarms", "retry", "--drop"]]),
    ]

    private static let metrics: [JSONCommand] = [
        JSONCommand("metrics list"),
        JSONCommand(
            "metrics get",
            "--namespace",
            "ChatService",
            "--name",
            "Latency",
            "--start",
            "2026-11-24",
            "--end",
            at
        ),
        JSONCommand("metrics put", input: #"{"Namespace":"N","MetricData":[{"MetricName":"M","Value":1}]}"#),
        JSONCommand("metrics put", input: "{}\n{", status: 3),
        JSONCommand("metrics import", "--from", "emf", "{folder}/app.log", status: 3),
        JSONCommand("metrics import", "--from", "openmetrics", "--namespace", "N", input: "up 1\n# EOF\n"),
        JSONCommand("metrics import", "--from", "otlp", "-", input: #"{"resourceMetrics":[]}"# + "\n"),
        JSONCommand("metrics import", "--from", "bedrock-log", "{folder}/calls.jsonl"),
        JSONCommand("metrics explain"),
        JSONCommand("metrics explain", "Errors"),
        JSONCommand("metrics retention"),
        JSONCommand("metrics retention", "--keep", "1m=120d", "--keep", "1h=10y"),
    ]

    private static let requests: [JSONCommand] = [
        JSONCommand("requests", "--worst", "--at", at),
        JSONCommand("requests", "--id", "unknown", status: 3),
        JSONCommand("deadletters list"),
        JSONCommand("deadletters redrive", "r-1"),
        JSONCommand("deadletters redrive", "--all", status: 3),
        JSONCommand("deadletters drop", "r-1", "c-r-2"),
        JSONCommand(
            "deadletters forward",
            environment: [
                "PURSERD_DEADLETTER_QUEUE_URL": "http://127.0.0.1:1/0/letters", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
                "AWS_SECRET_ACCESS_KEY": "secret",
            ],
            status: 3
        ),
    ]

    private static let files: [JSONCommand] = [
        JSONCommand("prices list"),
        JSONCommand("prices list", "no such model"),
        JSONCommand("prices lint", "--at", at),
        JSONCommand("prices diff", "{folder}/offer.json"),
        JSONCommand("prices update", "{folder}/offer.json", "--output", "{folder}/new.csv"),
        JSONCommand("doctor"),
        JSONCommand("doctor", "--store", "{folder}/empty.db", "--alarms", "{folder}/faulty", status: 3),
        JSONCommand("backup", "{folder}/copy.db"),
        JSONCommand("restore", "{folder}/copy.db", before: [["backup", "{folder}/copy.db"]]),
        JSONCommand(
            "restore",
            "{folder}/copy.db",
            "--store",
            "{folder}/faulty/a.json",
            "--force",
            "--spent",
            "1000",
            before: [["backup", "{folder}/copy.db"]]
        ),
        JSONCommand("doctor", before: [["backup", "{folder}/copy.db"], ["restore", "{folder}/copy.db"]]),
        JSONCommand(
            "budget show",
            "--at",
            at,
            before: [["backup", "{folder}/copy.db"], ["restore", "{folder}/copy.db"]]
        ),
        JSONCommand("init", "{folder}/conf"),
        JSONCommand("init", "{folder}/conf", before: [["init", "{folder}/conf"]]),
        JSONCommand("migrate"),
    ]
}

/// The store of a demonstration with letters, a key, and an alarm in the state ALARM whose message was refused, and the
/// other files that commands need.
enum DemonstrationStore {
    static let accessKeyId = "PSRAAAAAAAAAAAAAAAAA"

    static let folder = PreparedFolder { folder in
        try Demonstrations.json.copy(to: folder)
        // Roll up due data here to keep each command from doing it on its own copy.
        _ = try PurserProgram(store: folder.path("purser.db")).run("metrics", "put")
        let store = try Store(path: folder.path("purser.db"), .existing)
        try keepLetters(in: store)
        try store.createAccessKey(
            AccessKeyRecord(
                id: accessKeyId,
                sealedSecret: [1],
                team: "support",
                models: ["us.amazon.nova-lite-v1:0"],
                created: Timestamp(year: 2026, month: 11, day: 24)
            ),
            budget: Picodollars(dollars: "25")
        )
        try raiseAlarm(in: store)
        _ = try folder.store("empty.db")
        let point = Flush.Point(
            series: Series(Metric(namespace: "N", name: "M"), unit: .count),
            slot: Slot(start: Demonstrations.end, distribution: try #require(Distribution(value: 1)))
        )
        _ = try folder.store("other.db").record(Flush(writer: "test", sequence: 1, points: [point]))
        try SteadyCalls.record(hours: 31 * 24, in: folder.store("october.db"))
        try TestTrace.write(rows: 20, to: folder.path("traffic.csv"))
        let faulty = folder.path("faulty")
        try FileManager.default.createDirectory(atPath: faulty, withIntermediateDirectories: true)
        let dashboards = folder.path("dashboards")
        try FileManager.default.createDirectory(atPath: dashboards, withIntermediateDirectories: true)
        for (name, text) in texts {
            try text.write(toFile: folder.path(name), atomically: true, encoding: .utf8)
        }
        let corrected = try folder.store("corrected.db")
        _ = try PurserProgram(store: corrected.path).run(
            "metrics",
            "import",
            "--from",
            "bedrock-log",
            folder.path("calls.jsonl")
        )
        _ = try corrected.close(CalendarMonth(containing: Demonstrations.end), at: Demonstrations.end)
        let later = Timestamp(year: 2026, month: 12, day: 5).milliseconds
        try corrected.breakForTest("UPDATE ledger SET cost = cost + 1, settled_time = \(later)")
    }

    private static var texts: [(name: String, text: String)] {
        let milliseconds = Int(Date().timeIntervalSince1970) * 1000
        let metrics = #""CloudWatchMetrics":[{"Namespace":"A","Metrics":[{"Name":"M"}]}]"#
        return [
            // A line with metrics, one without, one with a fault, and one that is incomplete.
            (
                "app.log",
                #"{"_aws":{"Timestamp":\#(milliseconds),\#(metrics)},"M":1}"# + "\nhello\n{\"_aws\":1}\n{\"_aws\":"
            ),
            ("offer.json", OfferFile.text), ("bill.csv", BillFile.text),
            ("same.csv", BillFile.same),
            (
                "calls.jsonl",
                #"{"schemaType":"ModelInvocationLog","timestamp":"2026-11-24T09:00:00Z","requestId":"r","#
                    + #""modelId":"us.amazon.nova-lite-v1:0","input":{"inputTokenCount":10},"#
                    + #""output":{"outputTokenCount":20}}"# + "\n"
            ),
            (
                "failing.test",
                """
                test "an alarm that does not fire"
                  series ChatService Errors unit=Count       0x9
                  series ChatService Invocations unit=Count  100x9
                  expect +7m error-rate ALARM

                """
            ),
            (
                "dashboards/all.json",
                #"""
                {"variables": [{"type": "property", "property": "region", "inputType": "input", "id": "region"}],
                 "widgets": [
                  {"type": "log", "properties": {"region": "r", "query": "SOURCE 'x'"}},
                  {"type": "metric", "properties": {"region": "r", "metrics": [["ChatService"]]}},
                  {"type": "metric", "properties": {"region": "r", "metrics": [
                    ["ChatService", "Invocations"], [{"expression": "SELECT SUM(x) FROM y"}]]}}]}
                """#
            ),
            ("faulty/a.json", #"{"AlarmName": "a", "Treshold": 1}"#),
        ]
    }

    /// Stores one letter with its text and one without.
    private static func keepLetters(in store: Store) throws {
        for (id, content) in [("r-1", #"{"message":"What is S3?","conversation":[]}"#), ("r-2", nil)] {
            try store.keep(
                DeadLetter(
                    requestId: id,
                    correlationId: "c-" + id,
                    time: Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)),
                    caller: Caller(user: "ada", team: "support"),
                    modelId: "us.amazon.nova-lite-v1:0",
                    code: "model_unavailable",
                    error: "ThrottlingException",
                    message: "The model is busy; try again in a minute.",
                    attempts: 4,
                    characters: 11,
                    content: content
                )
            )
        }
    }

    private static func raiseAlarm(in store: Store) throws {
        guard var record = try store.alarmRecords()["latency-p99"] else { return }
        let time = Timestamp(year: 2026, month: 11, day: 24, hour: 12)
        let change = record.change(to: .alarm, reason: "Set by hand", reasonData: nil, at: time)
        let message = OutboxMessage(
            id: "latency-p99/\(change.number)/arn:aws:sns:us-east-1:111122223333:oncall",
            target: OutboxMessage.Target("arn:aws:sns:us-east-1:111122223333:oncall"),
            subject: "ALARM",
            body: "{}",
            attributes: [],
            about: .alarm("latency-p99", change: change.number),
            created: time
        )
        _ = try store.set(record, change, messages: [message])
        try store.markFailed(message.id, error: "AuthorizationError")
    }
}
