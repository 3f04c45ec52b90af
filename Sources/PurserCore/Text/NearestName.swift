/// Finds the name that was probably meant.
package enum NearestName {
    /// Returns `; did you mean NAME?`, or an empty text if no name is close.
    package static func advice(_ text: String, among names: [String]) -> String {
        let near = names.map { (name: $0, distance: distance(text, $0)) }.min { $0.distance < $1.distance }
        guard let near, near.distance <= max(2, text.utf8.count / 4) else { return "" }
        return "; did you mean \(near.name)?"
    }

    /// Returns how many bytes must be inserted, removed or changed to turn one text into the other (the Levenshtein
    /// distance).
    static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.utf8.prefix(100)), Array(b.utf8.prefix(100)))
        var row = Array(0...b.count)
        for (line, byte) in a.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for column in b.indices {
                let change = diagonal + (byte == b[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(change, diagonal + 1, row[column] + 1)
            }
        }
        return row[b.count]
    }
}
