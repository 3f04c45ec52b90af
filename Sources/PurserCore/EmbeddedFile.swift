import CEmbeddedFiles

/// A file of the repository that is embedded in the binary, so a program keeps it when the binary is moved.
package struct EmbeddedFile: Sendable, Equatable {
    /// The path below the repository's root: `alarms/error-rate.json`.
    package let path: String
    package let text: String

    /// The name alone: `error-rate.json`.
    package var name: String {
        String(path.split(separator: "/").last ?? "")
    }

    /// Returns the embedded files below a folder, such as `migrations`, by ascending path.
    package static func all(in folder: String) -> [EmbeddedFile] {
        // The C table is constant data of this program.
        let table = UnsafeBufferPointer(start: purser_embedded_files(), count: purser_embedded_file_count())
        let files = table.compactMap { file -> EmbeddedFile? in
            let path = String(cString: file.path)
            guard path.hasPrefix(folder + "/") else { return nil }
            let bytes = UnsafeBufferPointer(start: file.bytes, count: file.count)
            return EmbeddedFile(path: path, text: String(decoding: bytes, as: UTF8.self))
        }
        return files.sorted { $0.path < $1.path }
    }
}
