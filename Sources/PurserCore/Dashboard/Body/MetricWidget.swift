/// Metrics and expressions, and how they are drawn.
package struct MetricWidget: Sendable, Equatable {
    package enum View: String, Sendable, CaseIterable {
        case timeSeries
        case singleValue
        case gauge
        case bar
        case pie
        case table
    }

    package enum Side: String, Sendable, CaseIterable {
        case left
        case right
    }

    /// A row of the metrics array.
    package struct Row: Sendable, Equatable {
        package enum Source: Sendable, Equatable {
            case metric(Metric)
            case expression(MetricMathExpression, written: String, searches: [MetricSearchCall])
            /// An expression that only CloudWatch can evaluate, and the reason.
            case unsupported(String, written: String)
        }

        package var source: Source
        package var id: String?
        package var label: String?
        package var color: String?
        package var statistic: Statistic?
        /// Seconds.
        package var period: Int?
        package var isVisible = true
        package var side = Side.left

        package init(_ source: Source) {
            self.source = source
        }
    }

    package struct Axis: Sendable, Equatable {
        package var min: Double?
        package var max: Double?
        package var label: String?

        package init(min: Double? = nil, max: Double? = nil, label: String? = nil) {
            self.min = min
            self.max = max
            self.label = label
        }
    }

    /// A line across a graph, or a band between two values.
    package struct Threshold: Sendable, Equatable {
        package var value: Double
        /// The other edge of a band.
        package var other: Double?
        package var label: String?
        package var side: Side

        package init(value: Double, other: Double? = nil, label: String? = nil, side: Side = .left) {
            self.value = value
            self.other = other
            self.label = label
            self.side = side
        }
    }

    /// A moment in a graph, or the time between two moments.
    package struct Mark: Sendable, Equatable {
        package var time: Timestamp
        package var end: Timestamp?
        package var label: String?

        package init(time: Timestamp, end: Timestamp? = nil, label: String? = nil) {
            self.time = time
            self.end = end
            self.label = label
        }
    }

    /// A column of a table that sums up the values of a row.
    package enum Summary: String, Sendable, CaseIterable {
        case minimum = "MIN"
        case maximum = "MAX"
        case sum = "SUM"
        case average = "AVG"
    }

    package var rows: [Row] = []
    package var view = View.timeSeries
    package var isStacked = false
    package var statistic = Statistic.average
    /// Seconds.
    package var period = defaultPeriod
    package var axes: [Side: Axis] = [:]
    package var thresholds: [Threshold] = []
    package var marks: [Mark] = []
    /// The alarm whose metric and threshold are drawn instead of rows.
    package var alarm: String?
    package var hidesLegend = false
    /// Whether single values are of the whole time range instead of the newest period.
    package var spansRange = false
    package var showsSparkline = false
    /// What it asks for and does not get, in sentences.
    package var notApplied: [String] = []
    package var isFullPrecision = false
    package var summaries = Summary.allCases
    /// Whether a table shows the course of the values beside their summaries.
    package var showsCourse = true

    /// The period of a widget that does not name one.
    package static let defaultPeriod = 300

    package init() {}
}
