/// The colours of series on a web page. They are told apart without colour too: by the dashes of their lines and by
/// their names beside them.
enum WebInk: String, Sendable, CaseIterable {
    case blue
    case purple
    case vermillion
    case green
    case cyan

    /// Returns a colour for each series: the nearest to the one that it names, or the next that no other has.
    static func inks(_ colors: [String?]) -> [WebInk] {
        completed(colors.map { $0.flatMap(nearest) })
    }

    private static func nearest(_ color: String) -> WebInk? {
        switch SeriesInk(hex: color) {
        case .blue: .blue
        case .purple: .purple
        case .green: .green
        case .cyan: .cyan
        // What the terminal keeps for what needs attention.
        case nil: color.hasPrefix("#") ? .vermillion : nil
        }
    }
}
