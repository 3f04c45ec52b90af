/// The values that a dashboard shows over a time range; text and JSON are rendered from them.
package struct DashboardFrame: Sendable, Equatable {
    package var name: String
    package var from: Timestamp
    package var to: Timestamp
    package var widgets: [Widget]
    /// The chat service's frame as of the same time, whose verdict and alarms are shown before the widgets; nil if they
    /// are not.
    package var onCall: DashFrame?
    /// What a reader must know about the whole dashboard.
    package var notes: [String] = []
    /// How many series and widgets of a namespace the limits leave out.
    package var seriesLeftOut = 0
    package var widgetsLeftOut = 0

    package init(name: String, from: Timestamp, to: Timestamp, widgets: [Widget]) {
        self.name = name
        self.from = from
        self.to = to
        self.widgets = widgets
    }

    package struct Widget: Sendable, Equatable {
        /// As written in the body: `metric`.
        package var type: String
        package var title: String?
        package var place: GridPlace
        package var content: Content

        package init(type: String, title: String?, place: GridPlace, content: Content) {
            self.type = type
            self.title = title
            self.place = place
            self.content = content
        }
    }

    package enum Content: Sendable, Equatable {
        case metric(Panel)
        /// Markdown.
        case text(String)
        case alarms([Alarm])
        /// A widget that is not drawn, and the reason.
        case notDrawn(String)
    }

    /// The series of a metric widget.
    package struct Panel: Sendable, Equatable {
        /// How it is drawn; the rows are those that ``series`` was made of.
        package var widget: MetricWidget
        package var series: [Series]
        /// Rows that are not drawn, with the reason.
        package var notes: [String] = []
        /// How many series the searches found beyond the limit.
        package var seriesLeftOut = 0

        package init(widget: MetricWidget, series: [Series], notes: [String] = []) {
            self.widget = widget
            self.series = series
            self.notes = notes
        }
    }

    /// How values are written.
    package enum Measure: Sendable, Equatable {
        case unit(MetricUnit)
        case dollars
        case unknown
    }

    package struct Series: Sendable, Equatable {
        package var id: String
        package var label: String
        package var measure: Measure
        package var color: String?
        package var side: MetricWidget.Side
        package var start: Timestamp
        /// Seconds.
        package var period: Int
        /// One for each period, oldest first; nil without data.
        package var values: [Double?]
        /// Whether the last period ends after the time range, so its value may still change.
        package var isPartial: Bool

        package init(
            id: String,
            label: String,
            measure: Measure = .unknown,
            color: String? = nil,
            side: MetricWidget.Side = .left,
            start: Timestamp,
            period: Int,
            values: [Double?],
            isPartial: Bool = false
        ) {
            self.id = id
            self.label = label
            self.measure = measure
            self.color = color
            self.side = side
            self.start = start
            self.period = period
            self.values = values
            self.isPartial = isPartial
        }

        /// The values that are there.
        package var known: [Double] {
            values.compactMap(\.self)
        }

        /// The newest value of a whole period; if there is none, that of the last period.
        package var newest: Double? {
            let whole = isPartial ? values.dropLast() : values[...]
            return whole.last { $0 != nil } ?? values.last ?? nil
        }

        /// The values that are there, with the starts of their periods.
        package var datapoints: [Datapoint] {
            values.enumerated().compactMap { index, value in
                value.map { Datapoint(timestamp: start + index * period, value: $0) }
            }
        }
    }

    /// The state of an alarm.
    package struct Alarm: Sendable, Equatable {
        package var name: String
        /// Nil if no alarm file has an alarm with this name.
        package var state: AlarmState?
        package var since: Timestamp?
        /// What the alarm saw.
        package var summary: String?

        package init(name: String, state: AlarmState?, since: Timestamp? = nil, summary: String? = nil) {
            self.name = name
            self.state = state
            self.since = since
            self.summary = summary
        }
    }
}
