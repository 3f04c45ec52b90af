/// An SNS subject around a name: at most 100 ASCII characters.
enum SubjectText {
    /// The longest subject that SNS accepts, in ASCII characters.
    static let longest = 100

    /// Joins the three parts; a name that is too long is cut and ends in `...`.
    static func text(before: String, name: String, after: String) -> String {
        let name = ascii(name)
        let space = longest - before.count - after.count
        return before + (name.count <= space ? name : name.prefix(max(0, space - 3)) + "...") + after
    }

    /// Returns the text with `_` in place of every run of characters that a subject cannot contain.
    private static func ascii(_ text: String) -> String {
        var result = ""
        var isInRun = false
        for scalar in text.unicodeScalars {
            let isAllowed = (0x20...0x7e).contains(scalar.value)
            if isAllowed {
                result.unicodeScalars.append(scalar)
            } else if !isInRun {
                result += "_"
            }
            isInRun = !isAllowed
        }
        return result
    }
}
