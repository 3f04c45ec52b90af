import PurserCore

/// The time that rates are given for: the shortest in which something usually happens.
enum RateUnit: String, Sendable, CaseIterable {
    case minute = "m"
    case hour = "h"
    case day = "d"

    var minutes: Double {
        switch self {
        case .minute: 1
        case .hour: 60
        case .day: 1440
        }
    }

    /// Chooses the unit for all rates of a table by the first of them that is not zero, which is that of the calls.
    init(_ signals: [DashFrame.Signal]) {
        let rates = signals.lazy.filter { $0.format == .perMinute }.map { signal in
            let values = signal.values.compactMap(\.self).filter(\.isFinite)
            let mean = values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
            return max(mean, signal.usual ?? 0)
        }
        let rate = rates.first { $0 > 0 && $0.isFinite }
        self = rate.map { rate in Self.allCases.first { rate * $0.minutes >= 1 } ?? .day } ?? .minute
    }
}
