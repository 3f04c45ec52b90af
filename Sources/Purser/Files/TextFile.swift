import Foundation

/// A file or folder that cannot be read or written, or something that was looked for and not found.
package struct FileError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }

    package init(_ path: String, _ error: any Error) {
        let isMissing =
            (error as? CocoaError)?.code == .fileReadNoSuchFile || (error as? CocoaError)?.code == .fileNoSuchFile
        let reason =
            if isMissing {
                "there is no such file or folder"
            } else if let error = (error as? CocoaError)?.underlying as? POSIXError {
                String(cString: strerror(error.code.rawValue))
            } else {
                error.localizedDescription
            }
        description = "\(path): " + reason
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
            throw FileError("\(path): is not UTF-8 text")
        }
        return text
    }

    /// Returns the names of a folder's files that `isWanted` selects, in order; throws ``FileError`` with its path.
    static func names(in folder: String, where isWanted: (String) -> Bool) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).filter(isWanted).sorted()
        } catch {
            throw FileError(folder, error)
        }
    }
}
