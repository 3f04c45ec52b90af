/// Everything that one frame of `purser dash` shows, as values: text, JSON and a web page are drawn from it.
public struct DashFrame: Sendable, Equatable {
    /// The watched namespace: `ChatService`.
    public var title: String
    public var region: String?
    public var window: Window
    /// The frame's "now"; ages and durations count back from it.
    public var at: Timestamp
    /// The end of the newest slot with data; nil if there is no data at all.
    public var newestData: Timestamp?
    /// The time as of which the last evaluation ran; nil before the first.
    public var evaluatedAt: Timestamp?
    /// How often evaluations are expected.
    public var evaluationIntervalSeconds = 60
    public var alarms: [AlarmLine] = []
    public var budget: BudgetLine?
    public var signals: [Signal] = []
    public var latency: Latency
    public var cost: CostPanel
    /// Failed calls first, then the slowest.
    public var worstRequests: [RequestLine] = []
    /// The command that calls the program for this store, as used in the commands that a frame suggests.
    public var program = "purser"
    /// Whether the frame shows a requested moment; the suggested commands are then for that moment too.
    public var isOfAskedMoment = false
    /// Messages that wait for delivery, and those given up.
    public var pendingNotifications = 0
    public var failedNotifications = 0

    /// The drawn period, in steps of `periodSeconds`; every list of values below has one entry per step.
    public struct Window: Sendable, Equatable {
        public var from: Timestamp
        public var to: Timestamp
        public var periodSeconds: Int

        public init(from: Timestamp, to: Timestamp, periodSeconds: Int) {
            self.from = from
            self.to = to
            self.periodSeconds = periodSeconds
        }

        public var steps: Int {
            max(0, Int((to - from) / (Int64(periodSeconds) * 1000)))
        }
    }

    public struct AlarmLine: Sendable, Equatable {
        public var name: String
        public var state: AlarmState
        /// `10.98s > 10.00s, 3 of 3 x 1m`: what the alarm saw, in its own units; nil before its first evaluation.
        public var summary: String?
        /// When the current state began.
        public var since: Timestamp?
        /// The delivery of the last change's messages.
        public var delivery: Delivery?
        /// The number of samples behind the newest evaluated datapoint; nil if the alarm does not know it.
        public var samples: Int?
        /// The path or address of the runbook, which says what to do.
        public var runbook: String?

        public init(
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
    public enum Delivery: Sendable, Equatable {
        case sent(Timestamp)
        case pending
        case failed
        /// The alarm names no topic, or one that was not filled in.
        case noTopic
    }

    /// A crossed threshold of the monthly budget.
    public struct BudgetLine: Sendable, Equatable {
        public enum Kind: String, Sendable {
            case actual = "ACTUAL"
            case forecasted = "FORECASTED"
        }
        public var kind: Kind
        public var amount: Picodollars
        public var limit: Picodollars
        public var thresholdPercent: Double

        public init(kind: Kind, amount: Picodollars, limit: Picodollars, thresholdPercent: Double) {
            self.kind = kind
            self.amount = amount
            self.limit = limit
            self.thresholdPercent = thresholdPercent
        }
    }

    /// One row of the signals table.
    public struct Signal: Sendable, Equatable {
        /// How the row's numbers are written.
        public enum Format: String, Sendable {
            /// Events per minute: `387/m`.
            case perMinute
            /// `3.40 %`; the values are already percentages.
            case percent
        }
        public var name: String
        public var format: Format
        /// A part of the row above: `throttled` below `errors`.
        public var isPart: Bool
        /// The newest complete step's value.
        public var now: Double?
        /// The median of the same hour on the previous seven days; nil if there is no such history.
        public var usual: Double?
        /// nil for a step without data.
        public var values: [Double?]

        public init(
            name: String,
            format: Format,
            isPart: Bool = false,
            now: Double?,
            usual: Double?,
            values: [Double?]
        ) {
            self.name = name
            self.format = format
            self.isPart = isPart
            self.now = now
            self.usual = usual
            self.values = values
        }
    }

    /// Percentiles of the latency in seconds.
    public struct Latency: Sendable, Equatable {
        public var p50: [Double?]
        public var p90: [Double?]
        public var p99: [Double?]
        /// The latency alarm's threshold in seconds, always inside the drawn range.
        public var threshold: Double?

        public init(p50: [Double?], p90: [Double?], p99: [Double?], threshold: Double?) {
            self.p50 = p50
            self.p90 = p90
            self.p99 = p99
            self.threshold = threshold
        }
    }

    public struct CostPanel: Sendable, Equatable {
        public var month: CalendarMonth
        public var spent: Picodollars
        /// Held by calls in flight.
        public var held: Picodollars
        public var limit: Picodollars?
        public var requests: Int
        public var quota: Int?
        /// The projected cost of the month at its rate so far; nil before the month's third day.
        public var runRate: Picodollars?

        public init(
            month: CalendarMonth,
            spent: Picodollars,
            held: Picodollars,
            limit: Picodollars?,
            requests: Int,
            quota: Int?,
            runRate: Picodollars?
        ) {
            self.month = month
            self.spent = spent
            self.held = held
            self.limit = limit
            self.requests = requests
            self.quota = quota
            self.runRate = runRate
        }
    }

    public struct RequestLine: Sendable, Equatable {
        public var time: Timestamp
        public var requestId: String
        public var modelId: String
        /// `success`, or the error's name as Bedrock reports it.
        public var outcome: String
        public var retries: Int
        /// From the request's arrival to its end, including waits; nil while it runs.
        public var latencyMilliseconds: Int?
        public var inputTokens: Int
        public var outputTokens: Int

        public init(
            time: Timestamp,
            requestId: String,
            modelId: String,
            outcome: String,
            retries: Int,
            latencyMilliseconds: Int?,
            inputTokens: Int,
            outputTokens: Int
        ) {
            self.time = time
            self.requestId = requestId
            self.modelId = modelId
            self.outcome = outcome
            self.retries = retries
            self.latencyMilliseconds = latencyMilliseconds
            self.inputTokens = inputTokens
            self.outputTokens = outputTokens
        }
    }

    public init(title: String, region: String? = nil, window: Window, at: Timestamp, latency: Latency, cost: CostPanel)
    {
        self.title = title
        self.region = region
        self.window = window
        self.at = at
        self.latency = latency
        self.cost = cost
    }
}
