/// A row of small bars on a scale from zero to the highest value; nothing where there is no value.
struct WebSparkline {
    /// Distinguishes the drawing from others on the page.
    var id: String
    var name: String
    var values: [Double?]
    /// Whether the last step is not over; its bar is drawn as an outline.
    var isPartial: Bool
    /// How its values are written.
    var text: (Double) -> String

    private static let height = 24.0

    var html: HTML {
        let whole = isPartial ? Array(values.dropLast()) : values
        let last = isPartial ? path(values.suffix(1), from: values.count - 1) : []
        let partial: HTML = last.isEmpty ? "" : "<path class=\"part-of-step\" d=\"\(last)\"/>"
        return """
            <svg class="spark" viewBox="0 0 \(max(values.count, 1)) 24" preserveAspectRatio="none" role="img" \
            aria-labelledby="\(id)-title \(id)-desc"><title id="\(id)-title">\(name)</title>\
            <desc id="\(id)-desc">\(description)</desc><path d="\(path(whole[...], from: 0))"/>\(partial)</svg>
            """
    }

    private var known: [Double] {
        values.compactMap(\.self).filter(\.isFinite)
    }

    private var description: String {
        guard let least = known.min(), let most = known.max(), let last = known.last else { return "no data" }
        let missing = values.count - known.count
        return "from \(text(least)) to \(text(most)), last \(text(last))"
            + (missing > 0 ? "; no data in \(missing) of \(values.count) steps" : "")
    }

    private func path(_ part: ArraySlice<Double?>, from first: Int) -> [HTML] {
        let highest = known.max() ?? 0
        return part.enumerated().compactMap { offset, value in
            guard let value, value.isFinite else { return nil }
            let share = highest > 0 ? min(max(value / highest, 0), 1) : 0
            // Zero is a thin bar; it is not the same as no value.
            return "M\(first + offset) 24V\(Self.height - max(1, share * Self.height))h.8V24z"
        }
    }
}
