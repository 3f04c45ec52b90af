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
    /// When a program that records metrics last said that it is alive, by a heartbeat; nil if none did.
    package var newestHeartbeat: Timestamp?
    /// The time as of which the last evaluation ran; nil before the first.
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
    package var latency: Latency
    package var cost: CostPanel
    /// Failed calls first, then the slowest.
    package var worstRequests: [RequestLine] = []
    /// How to call the program for this store; the commands that a frame suggests begin with it.
    package var program = "purser"
    /// Whether the frame shows a requested moment; the suggested commands are then for that moment too.
    package var isOfAskedMoment = false
    /// The alarms that are not watched, and the files that cannot be read.
    package var unreadable: [UnreadableAlarm] = []
    /// Messages that wait for delivery, and messages that were given up.
    package var pendingNotifications = 0
    package var failedNotifications = 0

    /// The drawn period, in steps of `periodSeconds`; every list of values below has one entry per step.
    package struct Window: Sendable, Equatable {
        package var from: Timestamp
        package var to: Timestamp
        package var periodSeconds: Int

        package init(from: Timestamp, to: Timestamp, periodSeconds: Int) {
            self.from = from
            self.to = to
            self.periodSeconds = periodSeconds
        }

        package var steps: Int {
            max(0, Int((to - from) / (Int64(periodSeconds) * 1000)))
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

    /// One row of the signals table.
    package struct Signal: Sendable, Equatable {
        /// How the row's numbers are written.
        package enum Format: String, Sendable {
            /// Events per minute: `387/m`.
            case perMinute
            /// `3.40 %`; the values are already percentages.
            case percent
        }
        package var name: String
        package var format: Format
        /// A part of the row above: `throttled` below `errors`.
        package var isPart: Bool
        /// Whether it counts failures only, so that more than usual is bad.
        package var isHarmful: Bool
        /// The newest complete step's value.
        package var now: Double?
        /// The median of the same hour on the previous seven days; nil if there is no such history.
        package var usual: Double?
        /// nil for a step without data.
        package var values: [Double?]

        package init(
            name: String,
            format: Format,
            isPart: Bool = false,
            isHarmful: Bool = false,
            now: Double?,
            usual: Double?,
            values: [Double?]
        ) {
            self.name = name
            self.format = format
            self.isPart = isPart
            self.isHarmful = isHarmful
            self.now = now
            self.usual = usual
            self.values = values
        }
    }

    /// Percentiles of the latency in seconds.
    package struct Latency: Sendable, Equatable {
        package var p50: [Double?]
        package var p90: [Double?]
        package var p99: [Double?]
        /// The latency alarm's threshold in seconds, always inside the drawn range.
        package var threshold: Double?

        package init(p50: [Double?], p90: [Double?], p99: [Double?], threshold: Double?) {
            self.p50 = p50
            self.p90 = p90
            self.p99 = p99
            self.threshold = threshold
        }
    }

    package struct CostPanel: Sendable, Equatable {
        package var month: CalendarMonth
        package var spent: Picodollars
        /// Held by calls in flight.
        package var held: Picodollars
        package var limit: Picodollars?
        package var requests: Int
        /// Those of them that count towards the quota.
        package var quotaRequests: Int
        package var quota: Int?
        /// The projected cost of the month at its rate so far; nil before the month's third day.
        package var runRate: Picodollars?
        /// The part of `spent` that uses up no budget of the daemon's.
        package var nonLive: NonLiveCost

        package init(
            month: CalendarMonth,
            spent: Picodollars,
            held: Picodollars,
            limit: Picodollars?,
            requests: Int,
            quotaRequests: Int,
            quota: Int?,
            runRate: Picodollars?,
            nonLive: NonLiveCost = NonLiveCost()
        ) {
            self.month = month
            self.spent = spent
            self.held = held
            self.limit = limit
            self.requests = requests
            self.quotaRequests = quotaRequests
            self.quota = quota
            self.runRate = runRate
            self.nonLive = nonLive
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

    /// How old data or a heartbeat may be before it is stale, in milliseconds: twice the time between two of them.
    package var longestSilence: Int64 {
        2000 * Int64(max(window.periodSeconds, evaluationIntervalSeconds))
    }

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
