import Foundation
package import PurserCore
import PurserAWS
import PurserImport

/// Bills read from files, each in CSV or in CSV compressed by gzip.
package struct BillFiles {
    package private(set) var bill = Bill()
    package private(set) var files: [Reconciliation.File] = []

    private static let pieceSize = 1 << 18

    /// Reads the files, in memory that does not depend on their length. Whether a file is compressed is known by how it begins.
    ///
    /// - Parameter progress: Called now and then with the number of lines that have been read.
    ///
    /// Throws ``Diagnostics`` with the faults of all files, or ``FileError``.
    package init(_ paths: [String], progress: (Int) -> Void = { _ in }) throws {
        var faults: [Diagnostic] = []
        for path in paths {
            do {
                try read(path, progress)
            } catch let error as Diagnostics {
                faults += error.all
            }
        }
        if !faults.isEmpty { throw Diagnostics(faults) }
    }

    /// The SHA-256 of the bill: of its only file, or of the digests of its files, whatever their order.
    package var digest: String {
        let all = files.map(\.sha256).sorted()
        return all.count == 1 ? all[0] : SHA256.hex(all.joined(separator: "\n"))
    }

    private mutating func read(_ path: String, _ progress: (Int) -> Void) throws {
        let before = files.reduce(0) { $0 + $1.lines }
        let handle: FileHandle
        do {
            handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        } catch {
            throw FileError(path, error)
        }
        var reader = BillReader(file: path)
        var hash = SHA256()
        let pieces = Pieces(handle, path: path)
        do {
            if GzipReader.isGzip(try pieces.start()) {
                var gzip = try GzipReader()
                while let piece = try pieces.next() {
                    try gzip.read(piece) { text in
                        hash.update(text)
                        try reader.read(text)
                    }
                    progress(before + reader.lines)
                }
                try gzip.finish()
            } else {
                while let piece = try pieces.next() {
                    hash.update(piece)
                    try reader.read(piece)
                    progress(before + reader.lines)
                }
            }
        } catch let error as GzipError {
            throw Diagnostics([Diagnostic(file: "\(path):\(reader.line)", "\(error)")])
        }
        try reader.finish()
        let digest = hash.finalize().hexadecimal
        if let same = files.first(where: { $0.sha256 == digest }) {
            throw Diagnostics([Diagnostic(file: path, "has the same content as \(same.path); give each file once")])
        }
        do {
            try bill.add(reader.bill)
        } catch {
            throw Diagnostics([Diagnostic(file: path, "\(error)")])
        }
        files.append(.init(path: path, sha256: digest, lines: reader.lines))
    }

    /// The bytes of a file, a piece at a time.
    private final class Pieces {
        private let handle: FileHandle
        private let path: String
        private var first: [UInt8]?

        init(_ handle: FileHandle, path: String) {
            (self.handle, self.path) = (handle, path)
        }

        /// Returns the first piece, which ``next()`` returns too.
        func start() throws -> [UInt8] {
            var piece = try read()
            // A pipe may give a single byte, by which no format is known.
            while piece.count == 1 {
                let more = try read()
                if more.isEmpty { break }
                piece += more
            }
            first = piece
            return piece
        }

        func next() throws -> [UInt8]? {
            let piece = try first ?? read()
            first = nil
            return piece.isEmpty ? nil : piece
        }

        private func read() throws -> [UInt8] {
            try [UInt8](unsafeUninitializedCapacity: BillFiles.pieceSize) { bytes, count in
                var result = Foundation.read(handle.fileDescriptor, bytes.baseAddress, bytes.count)
                while result < 0, errno == EINTR {
                    result = Foundation.read(handle.fileDescriptor, bytes.baseAddress, bytes.count)
                }
                guard result >= 0 else { throw FileError(path, reason: String(cString: strerror(errno))) }
                count = result
            }
        }
    }
}
