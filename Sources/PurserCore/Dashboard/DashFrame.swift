/// The values that one frame of `purser dash` shows; text, JSON and a web page are rendered from them.
package struct DashFrame: Sendable, Equatable {
    /// The watched namespace: `ChatService`.
    package var title: String
    package var region: String?
    package var window: Window
    /// The frame's "now"; ages and durations count back from it.
    package var at: Timestamp
    /// The end of the newest slot with data; nil if there is no data at all.
    package var newestData: Timestamp?
    /// The time from the first slot with data to the last, if all of it is after `at`.
    package var laterData: Range<Timestamp>?
    /// When a program that records metrics last said that it is alive, by a heartbeat; nil if none did.
    package var newestHeartbeat: Timestamp?
    /// The time as of which the last evaluation ran, which may be ahead of the clock; nil before the first.
    package var evaluatedAt: Timestamp?
    /// Whether the first evaluation was later than `at`.
    package var isEvaluatedLater = false
    /// How often evaluations are expected.
    package var evaluationIntervalSeconds = 60
    package var alarms: [AlarmLine] = []
    package var budget: BudgetLine?
    /// Whether there is a budget to watch.
    package var hasBudget = false
    package var signals: [Signal] = []
    /// How many requests were refused in the hour before the end of the newest complete minute.
    package var refusedInHour = 0.0
    package var latency: Latency
    /// The histograms of the latency over the window; nil unless they are to be shown.
    package var heatmap: LatencyHeatmap?
    package var cost: CostPanel
    /// What was noted in the window, oldest first.
    package var marks: [TimeMark] = []
    /// When the alarms were in ALARM in the window.
    package var alarmSpans: [AlarmSpan] = []
    /// Failed calls first, then the slowest.
    package var worstRequests: [RequestLine] = []
    /// How to call the program for this store; the commands that a frame suggests begin with it.
    package var program = "purser"
    /// Whether the frame shows a requested moment; the suggested commands are then for that moment too.
    package var isOfAskedMoment = false
    /// Whether `at` is still to come; the alarms should not be evaluated as of it.
    package var isAheadOfClock = false
    /// The alarms that are not watched, and the files that cannot be read.
    package var unreadable: [UnreadableAlarm] = []
    /// Messages that wait for delivery, and messages that were given up.
    package var pendingNotifications = 0
    package var failedNotifications = 0
    /// What else is stored, if the chat service has no data; nil if it has, or if nothing is.
    package var otherNamespaces: OtherNamespaces?

    /// The namespaces of a store in which the chat service has no data.
    package struct OtherNamespaces: Sendable, Equatable {
        package var names: [String]
        /// The frame of the one with the newest data, in an array because frames contain each other; empty if none has
        /// data up to the frame's time.
        package var newest: [DashboardFrame]

        package init(names: [String], newest: DashboardFrame?) {
            self.names = names
            self.newest = newest.map { [$0] } ?? []
        }
    }

    package struct AlarmLine: Sendable, Equatable {
        package var name: String
        package var state: AlarmState
        /// `10.98s > 10.00s, 3 of 3 x 1m`: what the alarm saw, in its own units; nil before its first evaluation.
        package var summary: String?
        /// When the current state began.
        package var since: Timestamp?
        /// The delivery of the last change's messages.
        package var delivery: Delivery?
        /// The composite alarm that sends the messages in place of this one; nil if there is none.
        package var gatherer: String?
        /// The acknowledgement of the state, if it holds.
        package var acknowledgement: Acknowledgement?
        /// The mute, if it holds.
        package var mute: Mute?
        /// The number of samples behind the newest evaluated datapoint; nil if unknown.
        package var samples: Int?
        /// The path or address of the runbook, which says what to do.
        package var runbook: String?

        package init(
            name: String,
            state: AlarmState,
            summary: String? = nil,
            since: Timestamp? = nil,
            delivery: Delivery? = nil,
            samples: Int? = nil,
            runbook: String? = nil
        ) {
            self.name = name
            self.state = state
            self.summary = summary
            self.since = since
            self.delivery = delivery
            self.samples = samples
            self.runbook = runbook
        }
    }

    /// The delivery state of a notification.
    package enum Delivery: Sendable, Equatable {
        case sent(Timestamp)
        case pending
        case failed
        /// The alarm names no topic, or its topic is a parameter without a value.
        case noTopic
        /// A suppressor holds the messages back: until a time, or as long as it is in ALARM.
        case suppressed(by: String, until: Timestamp?)
        /// There was no topic when the state changed.
        case notSent
    }

    /// A monthly budget that needs a person.
    package struct BudgetLine: Sendable, Equatable {
        package var finding: BudgetFinding
        /// When an evaluation first found it; nil if none did, or if the budget has no notification for it.
        package var since: Timestamp?
        /// The delivery of the notification's messages.
        package var delivery: Delivery?

        package init(_ finding: BudgetFinding, since: Timestamp? = nil, delivery: Delivery? = nil) {
            self.finding = finding
            self.since = since
            self.delivery = delivery
        }
    }

    package struct Percentiles: Sendable, Equatable {
        package var p50: Double
        package var p90: Double
        package var p99: Double

        package init?(_ distribution: Distribution) {
            guard let values = distribution.percentiles([50, 90, 99]) else { return nil }
            (p50, p90, p99) = (values[0], values[1], values[2])
        }
    }

    /// Percentiles of the latency in seconds.
    package struct Latency: Sendable, Equatable {
        package var p50: [Double?]
        package var p90: [Double?]
        package var p99: [Double?]
        /// The latency alarm's threshold in seconds, always inside the drawn range.
        package var threshold: Double?
        /// Those of the newest complete minutes; nil without a call in them.
        package var now: Percentiles?

        package init(p50: [Double?], p90: [Double?], p99: [Double?], threshold: Double?) {
            self.p50 = p50
            self.p90 = p90
            self.p99 = p99
            self.threshold = threshold
        }
    }

    package struct RequestLine: Sendable, Equatable {
        package var time: Timestamp
        package var requestId: String
        package var modelId: String
        /// `success`, or the error's name as Bedrock reports it.
        package var outcome: String
        package var retries: Int
        package var isRunning: Bool
        /// From the request's arrival to its end, including waits; nil while it runs, and if that is not known, as for some
        /// imported calls.
        package var latencyMilliseconds: Int?
        package var inputTokens: Int
        package var outputTokens: Int

        package init(
            time: Timestamp,
            requestId: String,
            modelId: String,
            outcome: String,
            retries: Int,
            isRunning: Bool = false,
            latencyMilliseconds: Int?,
            inputTokens: Int,
            outputTokens: Int
        ) {
            self.time = time
            self.requestId = requestId
            self.modelId = modelId
            self.outcome = outcome
            self.retries = retries
            self.isRunning = isRunning
            self.latencyMilliseconds = latencyMilliseconds
            self.inputTokens = inputTokens
            self.outputTokens = outputTokens
        }
    }

    /// How old data or a heartbeat may be before it is stale, in milliseconds: twice the usual period of an alarm,
    /// whatever time is shown.
    package static let longestSilence: Int64 = 2 * 300 * 1000

    package init(title: String, region: String? = nil, window: Window, at: Timestamp, latency: Latency, cost: CostPanel)
    {
        self.title = title
        self.region = region
        self.window = window
        self.at = at
        self.latency = latency
        self.cost = cost
    }
}
