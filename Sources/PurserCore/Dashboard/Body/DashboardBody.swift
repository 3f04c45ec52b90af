/// A CloudWatch dashboard: the body of put-dashboard.
package struct DashboardBody: Sendable, Equatable {
    /// The most widgets that CloudWatch accepts.
    static let mostWidgets = 500

    /// Where the time range of a body begins.
    package enum Start: Sendable, Equatable {
        /// So many seconds before now.
        case ago(seconds: Int)
        case time(Timestamp)
    }

    /// Whether the periods of widgets are obeyed.
    package enum PeriodOverride: String, Sendable, CaseIterable {
        /// They are lengthened for long time ranges.
        case auto
        case inherit
    }

    package var widgets: [DashboardWidget]
    package var start: Start?
    package var end: Timestamp?
    package var periodOverride: PeriodOverride?
    /// The names of the variables, which the console of CloudWatch lets people choose values for.
    package var variables: [String]
    /// What the limits leave out of a namespace, as sentences; how many series and widgets that are.
    package var notes: [String] = []
    package var seriesLeftOut = 0
    package var widgetsLeftOut = 0

    package init(
        widgets: [DashboardWidget],
        start: Start? = nil,
        end: Timestamp? = nil,
        periodOverride: PeriodOverride? = nil,
        variables: [String] = []
    ) {
        self.widgets = widgets
        self.start = start
        self.end = end
        self.periodOverride = periodOverride
        self.variables = variables
    }

    /// Returns the time range that the body asks for, as of `at`; nil if it asks for none.
    package func range(at: Timestamp) -> Range<Timestamp>? {
        switch start {
        case .ago(let seconds): at - seconds..<at
        case .time(let start): start < end ?? at ? start..<(end ?? at) : nil
        case nil: nil
        }
    }
}

/// A place on the 24-column grid of a dashboard.
package struct GridPlace: Sendable, Equatable {
    package static let columns = 24

    package var x: Int
    package var y: Int
    package var width: Int
    package var height: Int

    package init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }
}

/// One widget of a dashboard.
package struct DashboardWidget: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case metric
        case text
        case alarm
        case chart
        case log
        case explorer
        case custom
    }

    package enum Content: Sendable, Equatable {
        case metric(MetricWidget)
        /// Markdown.
        case text(String)
        case alarm(AlarmWidget)
        /// A widget that cannot be drawn, and the reason.
        case notDrawn(String)
    }

    /// As written: one of ``Kind``, or a word that is none of them.
    package var type: String
    package var title: String?
    package var place: GridPlace
    package var content: Content

    package init(type: String, title: String? = nil, place: GridPlace, content: Content) {
        self.type = type
        self.title = title
        self.place = place
        self.content = content
    }
}

/// The alarms whose states a widget shows.
package struct AlarmWidget: Sendable, Equatable {
    package enum Order: String, Sendable, CaseIterable {
        /// By name.
        case byName = "default"
        /// ALARM first; within a state, the newest change first.
        case byState = "stateUpdatedTimestamp"
        /// The newest change first.
        case byTime = "timestamp"
    }

    package var names: [String]
    package var order: Order
    /// Only alarms in these states; all if it is empty.
    package var states: Set<AlarmState>

    package init(names: [String], order: Order, states: Set<AlarmState>) {
        self.names = names
        self.order = order
        self.states = states
    }
}
