package import PurserCore

extension Recorder {
    /// The unit of a metric, one of CloudWatch's.
    public struct Unit: Sendable, Equatable {
        package let unit: MetricUnit

        private init(_ unit: MetricUnit) {
            self.unit = unit
        }

        public static let seconds = Unit(.seconds)
        public static let microseconds = Unit(.microseconds)
        public static let milliseconds = Unit(.milliseconds)
        public static let bytes = Unit(.bytes)
        public static let kilobytes = Unit(.kilobytes)
        public static let megabytes = Unit(.megabytes)
        public static let gigabytes = Unit(.gigabytes)
        public static let terabytes = Unit(.terabytes)
        public static let bits = Unit(.bits)
        public static let kilobits = Unit(.kilobits)
        public static let megabits = Unit(.megabits)
        public static let gigabits = Unit(.gigabits)
        public static let terabits = Unit(.terabits)
        public static let percent = Unit(.percent)
        public static let count = Unit(.count)
        public static let bytesPerSecond = Unit(.bytesPerSecond)
        public static let kilobytesPerSecond = Unit(.kilobytesPerSecond)
        public static let megabytesPerSecond = Unit(.megabytesPerSecond)
        public static let gigabytesPerSecond = Unit(.gigabytesPerSecond)
        public static let terabytesPerSecond = Unit(.terabytesPerSecond)
        public static let bitsPerSecond = Unit(.bitsPerSecond)
        public static let kilobitsPerSecond = Unit(.kilobitsPerSecond)
        public static let megabitsPerSecond = Unit(.megabitsPerSecond)
        public static let gigabitsPerSecond = Unit(.gigabitsPerSecond)
        public static let terabitsPerSecond = Unit(.terabitsPerSecond)
        public static let countPerSecond = Unit(.countPerSecond)
        public static let none = Unit(.none)

        /// Every unit, in CloudWatch's order.
        package static let all = MetricUnit.allCases.map(Unit.init)
    }
}
