/// The colours of series: those of the terminal's sixteen that are told apart on light and on dark backgrounds, without
/// the reds and yellows, which mean that something needs attention.
enum SeriesInk: String, Sendable, CaseIterable {
    case blue = "34"
    case purple = "35"
    case cyan = "36"
    case green = "32"

    /// Returns the colour nearest to `#1f77b4` or `#17b`; nil for a grey, a red or a yellow, and for anything else.
    init?(hex: String) {
        let digits = hex.dropFirst().compactMap(\.hexDigitValue)
        let channels: [Int]
        switch digits.count {
        case 3: channels = digits.map { $0 * 17 }
        case 6: channels = stride(from: 0, to: 6, by: 2).map { digits[$0] * 16 + digits[$0 + 1] }
        default: return nil
        }
        let (red, green, blue) = (Double(channels[0]), Double(channels[1]), Double(channels[2]))
        let (most, least) = (max(red, green, blue), min(red, green, blue))
        guard most - least > 24 else { return nil }
        var hue: Double
        if most == red {
            hue = 60 * (green - blue) / (most - least)
        } else if most == green {
            hue = 120 + 60 * (blue - red) / (most - least)
        } else {
            hue = 240 + 60 * (red - green) / (most - least)
        }
        if hue < 0 { hue += 360 }
        switch hue {
        case 70..<160: self = .green
        case 160..<195: self = .cyan
        case 195..<255: self = .blue
        case 255..<335: self = .purple
        default: return nil
        }
    }

    /// Returns a colour for each series: the nearest to the one it names, or the next that no other has.
    static func inks(_ colors: [String?]) -> [SeriesInk] {
        completed(colors.map { $0.flatMap { SeriesInk(hex: $0) } })
    }
}

extension CaseIterable where Self: Equatable {
    /// Returns the cases that are given and, in the place of each nil, the next that is not given.
    static func completed(_ given: [Self?]) -> [Self] {
        var free = allCases.filter { !given.contains($0) }
        return given.map { value in
            if let value { return value }
            if free.isEmpty { free = Array(allCases) }
            return free.removeFirst()
        }
    }
}
