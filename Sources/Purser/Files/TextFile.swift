import Foundation

/// A file or folder that cannot be read or written.
package struct FileError: Error, Equatable, CustomStringConvertible {
    package let path: String
    /// What is wrong, without the path.
    package let reason: String

    package init(_ path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    package init(_ path: String, _ error: any Error) {
        self.init(path, reason: Self.reason(of: error))
    }

    package var description: String {
        path + ": " + reason
    }

    /// Returns why a file could not be read or written, in plain words.
    package static func reason(of error: any Error) -> String {
        guard let error = error as? CocoaError else { return "\(error)" }
        if [.fileReadNoSuchFile, .fileNoSuchFile].contains(error.code) { return "there is no such file or folder" }
        guard let cause = error.underlying as? POSIXError else { return error.localizedDescription }
        return String(cString: strerror(cause.code.rawValue))
    }
}

package enum TextFile {
    /// Returns the text of a file; throws ``FileError`` with its path.
    package static func read(_ path: String) throws -> String {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw FileError(path, error)
        }
        guard let text = String(bytes: bytes, encoding: .utf8) else {
            throw FileError(path, reason: "is not UTF-8 text")
        }
        return text
    }

    /// Returns the text of a file that was found rather than named, such as those of a folder.
    ///
    /// A file above `mebibytes` is refused before it is read, and so is a pipe or a device, which may have no end.
    static func read(_ path: String, mostMebibytes mebibytes: Int) throws -> String {
        if let stamp = FileStamp(path) {
            guard stamp.isRegular else { throw FileError(path, reason: "is not a regular file") }
            guard stamp.size <= mebibytes << 20 else {
                throw FileError(path, reason: "has \(stamp.size) bytes; at most \(mebibytes) MiB are allowed")
            }
        }
        return try read(path)
    }
}
