/// A function of metric math.
package enum MetricMathFunction: String, Sendable, CaseIterable {
    case abs = "ABS"
    case anomalyDetectionBand = "ANOMALY_DETECTION_BAND"
    case average = "AVG"
    case ceil = "CEIL"
    case datapointCount = "DATAPOINT_COUNT"
    case date = "DATE"
    case day = "DAY"
    case difference = "DIFF"
    case timeDifference = "DIFF_TIME"
    case epoch = "EPOCH"
    case fill = "FILL"
    case first = "FIRST"
    case floor = "FLOOR"
    case hour = "HOUR"
    case `if` = "IF"
    case last = "LAST"
    case log = "LOG"
    case log10 = "LOG10"
    case maximum = "MAX"
    case metrics = "METRICS"
    case metricCount = "METRIC_COUNT"
    case minimum = "MIN"
    case minute = "MINUTE"
    case month = "MONTH"
    case period = "PERIOD"
    case rate = "RATE"
    case removeEmpty = "REMOVE_EMPTY"
    case runningSum = "RUNNING_SUM"
    case slice = "SLICE"
    case sort = "SORT"
    case standardDeviation = "STDDEV"
    case sum = "SUM"
    case timeSeries = "TIME_SERIES"
    case year = "YEAR"

    /// How a function's result relates to its arguments.
    enum Shape {
        /// One value per period: a series from a series, an array from an array.
        case mapping
        /// A number from a series, a series from an array.
        case reduction
        /// A series made from the timestamps of another.
        case calendar
        /// None of these.
        case other
    }

    var shape: Shape {
        switch self {
        case .abs, .ceil, .floor, .log, .log10, .difference, .timeDifference, .rate, .runningSum: .mapping
        case .average, .datapointCount, .maximum, .minimum, .standardDeviation, .sum: .reduction
        case .minute, .hour, .day, .date, .month, .year, .epoch: .calendar
        default: .other
        }
    }

    var argumentCounts: ClosedRange<Int> {
        switch self {
        case .if: 2...3
        case .metrics: 0...1
        case .anomalyDetectionBand: 1...2
        case .fill: 2...2
        case .slice: 2...3
        case .sort: 3...4
        default: 1...1
        }
    }

    /// How the function is written, for error messages.
    var form: String {
        switch self {
        case .if: "IF(condition, trueValue) or IF(condition, trueValue, falseValue)"
        case .metrics: "METRICS() or METRICS(\"part of the ids\")"
        case .anomalyDetectionBand: "ANOMALY_DETECTION_BAND(id) or ANOMALY_DETECTION_BAND(id, standardDeviations)"
        case .fill: "FILL(series, number), FILL(series, REPEAT) or FILL(series, LINEAR)"
        case .slice: "SLICE(array, start) or SLICE(array, start, end)"
        case .sort: "SORT(array, AVG | MIN | MAX | SUM, ASC | DESC), optionally with a limit as the fourth argument"
        case .first, .last, .removeEmpty, .metricCount: "\(rawValue)(array)"
        case .timeSeries: "TIME_SERIES(number)"
        case .period: "PERIOD(id)"
        default: "\(rawValue)(series)"
        }
    }

    /// CloudWatch's functions that need something that only AWS has.
    private static let refused = [
        "SEARCH": "it looks metrics up while it runs; name them and use METRICS(\"part of the ids\")",
        "SELECT": "Metrics Insights queries need CloudWatch's own index; name the metrics",
        "INSIGHT_RULE_METRIC": "it reads a rule of Contributor Insights, which only CloudWatch has",
        "DB_PERF_INSIGHTS": "it reads Performance Insights of a database, which only AWS has",
        "SERVICE_QUOTA": "it reads the account's service quotas, which only AWS has",
        "LAMBDA": "it reads a data source behind a Lambda function, which only AWS can call",
    ]

    /// Returns why one of CloudWatch's functions is not supported; nil for any other name.
    static func refusal(of name: String) -> String? {
        refused[name].map { "`\(name)` is not supported by this version: \($0)" }
    }

    /// Returns the error message for a name that is not one of the functions.
    static func unknown(_ name: String) -> String {
        let upper = name.uppercased()
        if MetricMathFunction(rawValue: upper) != nil || refused[upper] != nil {
            return "`\(name)` is not a function: functions are written in upper case, `\(upper)`"
        }
        let known = allCases.map(\.rawValue).joined(separator: ", ")
        return "`\(name)` is not a function of metric math; allowed: \(known)"
    }
}
