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

    /// Returns the paths of the files below a folder, relative to it and in order; throws ``FileError`` with its path.
    ///
    /// Files and folders whose name begins with a dot are left out, as editors' lock files and backup copies, and so are
    /// links to folders, which may lead back to where they are.
    static func names(below folder: String) throws -> [String] {
        do {
            return try names(in: URL(fileURLWithPath: folder, isDirectory: true), prefix: "").sorted()
        } catch {
            throw FileError(folder, error)
        }
    }

    private static func names(in folder: URL, prefix: String) throws -> [String] {
        let files = FileManager.default
        return try files.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") }.flatMap { name in
            let inner = folder.appendingPathComponent(name)
            let type = try? files.attributesOfItem(atPath: inner.path)[.type] as? FileAttributeType
            return type == .typeDirectory ? try names(in: inner, prefix: prefix + name + "/") : [prefix + name]
        }
    }
}
