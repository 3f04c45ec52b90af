import CZlib

/// Decompresses gzip data (RFC 1952) piece by piece, in as much memory as one piece of the result needs.
///
/// Members that follow one another are one text, as in files that were appended to; zeros behind a member are padding.
///
/// ```swift
/// var reader = try GzipReader()
/// while let piece = readPiece() { try reader.read(piece) { use($0) } }
/// try reader.finish()
/// ```
package struct GzipReader: ~Copyable {
    private static let pieceSize = 1 << 18

    /// On the heap, because zlib keeps its address.
    private let stream: UnsafeMutablePointer<z_stream>
    /// Whether a member has ended and the next one has not begun.
    private var isBetween = false

    package init() throws(GzipError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard czlib_inflate_gzip(stream) == Z_OK else {
            stream.deallocate()
            throw .corrupt("zlib has no memory for it")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Returns whether data begins as gzip data does.
    package static func isGzip(_ start: [UInt8]) -> Bool {
        start.starts(with: [0x1f, 0x8b])
    }

    /// Passes on what the next bytes of the data stand for, in pieces.
    package mutating func read(_ bytes: [UInt8], _ body: ([UInt8]) throws -> Void) throws {
        var start = 0
        while start < bytes.count {
            if isBetween {
                guard let next = bytes[start...].firstIndex(where: { $0 != 0 }) else { return }
                start = next
                guard inflateReset(stream) == Z_OK else { throw GzipError.corrupt("zlib cannot begin a new member") }
                isBetween = false
            }
            start += try inflateMember(bytes[start...], body)
        }
    }

    /// Throws ``GzipError/truncated`` if the data ended within a member.
    package consuming func finish() throws(GzipError) {
        if !isBetween { throw .truncated }
    }

    /// Decompresses up to the end of the member or of the bytes; returns how many bytes that were.
    private mutating func inflateMember(
        _ bytes: ArraySlice<UInt8>,
        _ body: ([UInt8]) throws -> Void
    ) throws -> Int {
        var rest = Array(bytes)
        let count = rest.count
        var used = 0
        while used < count || stream.pointee.avail_out == 0 {
            var status = Z_OK
            let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { output, written in
                rest.withUnsafeMutableBufferPointer { input in
                    stream.pointee.next_in = input.baseAddress.map { $0 + used }
                    stream.pointee.avail_in = UInt32(count - used)
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = UInt32(Self.pieceSize)
                    status = inflate(stream, Z_NO_FLUSH)
                    used = count - Int(stream.pointee.avail_in)
                    written = Self.pieceSize - Int(stream.pointee.avail_out)
                }
            }
            if !piece.isEmpty { try body(piece) }
            switch status {
            case Z_STREAM_END:
                isBetween = true
                return used
            // It has used all bytes, and needs more.
            case Z_BUF_ERROR where used == count: return used
            case Z_OK: continue
            default:
                let message = stream.pointee.msg.map { String(cString: $0) }
                throw GzipError.corrupt(message ?? "zlib's error \(status)")
            }
        }
        return used
    }
}

/// Why gzip data cannot be decompressed.
package enum GzipError: Error, Equatable, CustomStringConvertible {
    case truncated
    case corrupt(String)

    package var description: String {
        switch self {
        case .truncated: "the gzip data ends too early; the file is not complete"
        case .corrupt(let reason): "the gzip data is corrupt: \(reason)"
        }
    }
}
