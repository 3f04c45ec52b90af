/// Texts of two numbers that are compared, such as a value and its threshold.
package enum ComparedText {
    /// Returns both numbers with the same number of decimals, as many of the allowed ones as it takes to tell them
    /// apart.
    ///
    /// - Parameter text: Returns a number with so many decimals.
    package static func pair<Number: Equatable>(
        _ a: Number,
        _ b: Number,
        decimals: ClosedRange<Int>,
        text: (Number, Int) -> String
    ) -> (String, String) {
        for count in decimals.lowerBound..<decimals.upperBound {
            let texts = (text(a, count), text(b, count))
            if a == b || texts.0 != texts.1 { return texts }
        }
        return (text(a, decimals.upperBound), text(b, decimals.upperBound))
    }

    /// Returns two amounts of money in dollars: `$19.56` and `$25.00`, or `$0.112` and `$0.11`.
    package static func dollars(_ a: Picodollars, _ b: Picodollars) -> (String, String) {
        pair(a, b, decimals: 2...Picodollars.decimals) { $1 == 2 ? $0.inDollars : $0.inDollars(decimals: $1) }
    }
}
