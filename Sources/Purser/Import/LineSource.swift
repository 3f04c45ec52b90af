import Foundation
import PurserImport

/// The lines of a file, or of a stream that is followed as it is written.
final class LineSource {
    enum Event: Equatable {
        /// A line without its line end; not whole if the input ended in the middle of the line.
        case line([UInt8], isWhole: Bool)
        /// A second has passed since the last pause, or no data has arrived for that long: a good moment to store what
        /// has arrived.
        case pause
        case end
    }

    private let handle: FileHandle
    private let name: String
    private let isLive: Bool
    private var buffer: [UInt8] = []
    private var position = 0
    /// The bytes before this position contain no line end.
    private var searched = 0
    private var isAtEnd = false
    private var lastPause = ContinuousClock.now

    init(path: String) throws {
        do {
            handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        } catch {
            throw MetricImportError("\(FileError(path, error))")
        }
        name = path
        isLive = false
    }

    /// Returns whether a path can be read more than once.
    static func isRegularFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
    }

    /// Reads a stream, such as standard input.
    init(stream: FileHandle) {
        handle = stream
        name = "standard input"
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
        guard buffer.count <= MetricLimits.longestLine else {
            throw MetricImportError("a line is longer than \(MetricLimits.longestLine >> 20) MiB")
        }
        // `read` returns the available bytes; the other ways of reading wait for more or end the program on an error.
        let piece = try [UInt8](unsafeUninitializedCapacity: 1 << 18) { bytes, count in
            var result = Foundation.read(handle.fileDescriptor, bytes.baseAddress, bytes.count)
            while result < 0, errno == EINTR {
                result = Foundation.read(handle.fileDescriptor, bytes.baseAddress, bytes.count)
            }
            guard result >= 0 else {
                throw MetricImportError("\(name): cannot be read: \(String(cString: strerror(errno)))")
            }
            count = result
        }
        isAtEnd = piece.isEmpty
        buffer += piece
    }
}
