import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A line on stderr that counts up, if stderr is a terminal and the work takes longer than a second.
final class ProgressLine {
    private let total: Int?
    private let unit: String
    private let isImmediate: Bool
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let start = ContinuousClock.now
    private var shown = ContinuousClock.now
    private var isShown = false

    /// Without a total, the line shows only how much is done.
    ///
    /// - Parameter isImmediate: Whether it is shown at once, because a single step may take long.
    init(total: Int? = nil, unit: String, isImmediate: Bool = false) {
        self.total = total
        self.unit = unit
        self.isImmediate = isImmediate
    }

    func show(_ done: Int) {
        show(done, of: total)
    }

    /// Shows how much is done of a total that is known only now.
    func show(_ done: Int, of total: Int?) {
        let now = ContinuousClock.now
        guard isTerminal, isImmediate || now - start > .seconds(1) && now - shown > .milliseconds(100) else { return }
        shown = now
        isShown = true
        // What the line showed before may be longer.
        write("\r\(done)" + (total.map { " of \(max($0, done))" } ?? "") + " \(unit)\u{1B}[K")
    }

    /// Clears the line.
    func end() {
        if isShown { write("\r\u{1B}[K") }
        isShown = false
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
