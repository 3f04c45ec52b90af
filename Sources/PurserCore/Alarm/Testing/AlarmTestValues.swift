/// The notation of a series' samples: `0x5`, `0.5*10,12x3`, `_x2`, `1..10`, `0..1/0.25`.
enum AlarmTestValues {
    /// The largest number of slots in a series.
    static let most = 300_000

    private static let allowed =
        "allowed: a number, value*count, several of them joined by commas, a range such as 1..10 or 0..1/0.25, or _ for a "
        + "gap; append xN to repeat it"

    /// Returns the slots of one word.
    static func slots(_ word: AlarmTestLine.Word) throws(AlarmTestFault) -> [Distribution?] {
        guard word.kind == .plain else {
            throw AlarmTestFault(word.column, "`\(word.text)` is not a value; \(allowed)")
        }
        var text = word.text[...]
        var repeats = 1
        if let mark = text.lastIndex(of: "x") {
            let digits = text[text.index(after: mark)...]
            guard let count = Int(digits), (1...most).contains(count), digits.first != "+" else {
                let column = word.column + text.distance(from: text.startIndex, to: mark) + 1
                throw AlarmTestFault(column, "`\(digits)` is not a repeat count; allowed: 1 to \(most)")
            }
            repeats = count
            text = text[..<mark]
        }
        let slots: [Distribution?]
        if text == "_" {
            slots = [nil]
        } else if let dots = text.firstRange(of: "..") {
            slots = try range(text[..<dots.lowerBound], text[dots.upperBound...], word)
        } else {
            slots = [try samples(text, word)]
        }
        guard slots.count * repeats <= most else {
            throw AlarmTestFault(word.column, "`\(word.text)` is more than \(most) slots")
        }
        return Array(repeatElement(slots, count: repeats).joined())
    }

    private static func samples(_ text: Substring, _ word: AlarmTestLine.Word) throws(AlarmTestFault) -> Distribution {
        var all = Distribution.empty
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let column = word.column + word.text.distance(from: word.text.startIndex, to: part.startIndex)
            let factors = part.split(separator: "*", omittingEmptySubsequences: false)
            let count = factors.count == 1 ? 1 : Int(factors[1])
            guard factors.count <= 2, let value = number(factors[0]), let count, count > 0,
                let distribution = Distribution(value: value, count: count)
            else { throw AlarmTestFault(column, "`\(part)` is not a value; \(allowed)") }
            all.merge(distribution)
        }
        return all
    }

    private static func range(
        _ first: Substring,
        _ rest: Substring,
        _ word: AlarmTestLine.Word
    ) throws(AlarmTestFault) -> [Distribution?] {
        let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
        let step = parts.count == 1 ? 1 : number(parts[1])
        guard parts.count <= 2, let from = number(first), let to = number(parts[0]), let step, step > 0,
            (to - from).magnitude / step < Double(most)
        else { throw AlarmTestFault(word.column, "`\(word.text)` is not a range; \(allowed)") }
        // The small addition allows for rounding: 0.1 + 0.2 is a little more than 0.3.
        let count = Int((to - from).magnitude / step + 1e-9)
        return (0...count).map { Distribution(value: from + Double($0) * (to < from ? -step : step)) }
    }

    private static func number(_ text: Substring) -> Double? {
        guard let first = text.utf8.first, (48...57).contains(first) || first == UInt8(ascii: "-"),
            let value = Double(text), value.isFinite, value.magnitude <= Distribution.largestMagnitude
        else { return nil }
        return value
    }
}
