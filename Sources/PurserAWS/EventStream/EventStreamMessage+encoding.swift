extension EventStreamMessage {
    /// Returns the message in its encoding; throws if it exceeds a limit of the format.
    package func encoded() throws(EventStreamError) -> [UInt8] {
        var headerBytes: [UInt8] = []
        for (index, header) in headers.enumerated() {
            guard !headers[..<index].contains(where: { $0.name == header.name }) else {
                throw .repeatedHeader(header.name)
            }
            let name = Array(header.name.utf8)
            guard (1...255).contains(name.count) else { throw .header }
            headerBytes.append(UInt8(name.count))
            headerBytes += name
            try header.value.encode(to: &headerBytes)
        }
        guard headerBytes.count <= Self.longestHeadersBytes else { throw .headersLength(headerBytes.count) }
        let total = Self.shortestBytes + headerBytes.count + payload.count
        guard total <= Self.longestBytes else { throw .length(total) }
        var out: [UInt8] = []
        out.reserveCapacity(total)
        out.append(bigEndian: UInt32(total))
        out.append(bigEndian: UInt32(headerBytes.count))
        out.append(bigEndian: CRC32.checksum(out[...]))
        out += headerBytes
        out += payload
        out.append(bigEndian: CRC32.checksum(out[...]))
        return out
    }
}

extension EventStreamValue {
    fileprivate func encode(to out: inout [UInt8]) throws(EventStreamError) {
        switch self {
        case .boolean(let value): out.append(value ? 0 : 1)
        case .byte(let value): out += [2, UInt8(bitPattern: value)]
        case .short(let value):
            out.append(3)
            out.append(bigEndian: value)
        case .integer(let value):
            out.append(4)
            out.append(bigEndian: value)
        case .long(let value):
            out.append(5)
            out.append(bigEndian: value)
        case .bytes(let value): try Self.encode(type: 6, value, to: &out)
        case .string(let value): try Self.encode(type: 7, Array(value.utf8), to: &out)
        case .timestamp(let milliseconds):
            out.append(8)
            out.append(bigEndian: milliseconds)
        case .uuid(let value):
            guard value.count == 16 else { throw .header }
            out.append(9)
            out += value
        }
    }

    private static func encode(type: UInt8, _ value: [UInt8], to out: inout [UInt8]) throws(EventStreamError) {
        guard value.count <= longestBytes else { throw .header }
        out.append(type)
        out.append(bigEndian: UInt16(value.count))
        out += value
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
