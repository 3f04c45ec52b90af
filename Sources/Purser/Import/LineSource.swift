import Foundation
import PurserCore

/// The lines of a file, or of a stream that is followed while it is written.
final class LineSource {
    enum Event: Equatable {
        /// A line without its end; not whole where the input ended before the line did.
        case line([UInt8], isWhole: Bool)
        /// A second has passed since the last one, or nothing has come for that long: a good moment to store what came.
        case pause
        case end
    }

    /// The longest line; more is no line of any of the formats.
    static let longestLine = 64 << 20

    private let handle: FileHandle
    private let isLive: Bool
    private var buffer: [UInt8] = []
    private var position = 0
    /// The bytes before it hold no line end.
    private var searched = 0
    private var isAtEnd = false
    private var lastPause = ContinuousClock.now

    init(path: String) throws {
        do {
            handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        } catch {
            throw MetricImportError("\(path): the file cannot be opened: \(error.localizedDescription)")
        }
        isLive = false
    }

    /// A stream, such as standard input.
    init(stream: FileHandle) {
        handle = stream
        isLive = true
    }

    func next() throws -> Event {
        while true {
            if let end = buffer[searched...].firstIndex(of: 0x0a) {
                defer { (position, searched) = (end + 1, end + 1) }
                return .line(line(to: end), isWhole: true)
            }
            searched = buffer.count
            if isAtEnd {
                guard position < buffer.count else { return .end }
                defer { position = buffer.count }
                return .line(line(to: buffer.count), isWhole: false)
            }
            if isLive, isPauseDue() {
                lastPause = .now
                return .pause
            }
            try fill()
        }
    }

    private func line(to end: Int) -> [UInt8] {
        let hasReturn = end > position && buffer[end - 1] == 0x0d
        return Array(buffer[position..<(hasReturn ? end - 1 : end)])
    }

    private func isPauseDue() -> Bool {
        if ContinuousClock.now - lastPause >= .seconds(1) { return true }
        var waiting = pollfd(fd: handle.fileDescriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 1000) == 0
    }

    private func fill() throws {
        if position > 0 {
            buffer.removeFirst(position)
            (position, searched) = (0, searched - position)
        }
        guard buffer.count <= Self.longestLine else {
            throw MetricImportError("a line is longer than \(Self.longestLine >> 20) MiB")
        }
        // A stream gives what there is; a file is read in larger pieces.
        let piece = isLive ? handle.availableData : try handle.read(upToCount: 1 << 18) ?? Data()
        isAtEnd = piece.isEmpty
        buffer += piece
    }
}
