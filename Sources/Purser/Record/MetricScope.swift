import PurserCore

/// The settings of one factory, which are added to the names that it is called with.
final class MetricScope: Sendable {
    let recorder: Recorder
    /// Distinguishes the scopes of one recorder.
    let number: Int
    private let namespace: String
    private let units: [String: MetricUnit]
    private let dimensionSets: [[String]]?

    init(
        _ recorder: Recorder,
        number: Int,
        namespace: String,
        units: [String: MetricUnit],
        dimensionSets: [[String]]?
    ) {
        self.recorder = recorder
        self.number = number
        self.namespace = namespace
        self.units = units
        self.dimensionSets = dimensionSets
    }

    /// Returns the series that a call names, and how its samples are collected.
    func key(_ kind: Recorder.Kind, _ label: String, _ dimensions: [(String, String)]) -> Recorder.Key {
        let metric = Metric(
            namespace: namespace,
            name: Self.printable(label),
            dimensions: dimensions.map { Dimension(Self.printable($0.0), Self.printable($0.1)) }
        )
        return Recorder.Key(
            kind: kind,
            series: Series(metric, unit: units[label] ?? kind.usualUnit),
            dimensionSets: dimensionSets
        )
    }

    /// Returns a name without control characters: SQLite text ends at a NUL, so two names could become one.
    private static func printable(_ text: String) -> String {
        // For nearly every name, the bytes settle this: 0xC2 begins the control characters beyond ASCII, and some other
        // characters.
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f || $0 == 0xc2 }) else { return text }
        let isControl = { (scalar: Unicode.Scalar) in scalar.properties.generalCategory == .control }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? "\u{FFFD}" : $0 }))
    }
}

extension Recorder.Kind {
    fileprivate var usualUnit: MetricUnit {
        switch self {
        case .counter: .count
        case .timer: .seconds
        case .samples, .gauge: .none
        }
    }
}
