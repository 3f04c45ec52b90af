import Foundation

/// What changes when a file is written or replaced.
package struct FileStamp: Sendable, Equatable {
    private let device: UInt64
    private let inode: UInt64
    /// In bytes.
    package let size: Int64
    private let modifiedSeconds: Int64
    private let modifiedNanoseconds: Int64
    /// Whether it can be read more than once, as a pipe cannot.
    package let isRegular: Bool

    /// Reads the stamp of the file at a path, through symbolic links; nil if there is none.
    package init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if canImport(Darwin)
            let modified = status.st_mtimespec
        #else
            let modified = status.st_mtim
        #endif
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        modifiedSeconds = Int64(modified.tv_sec)
        modifiedNanoseconds = Int64(modified.tv_nsec)
        isRegular = status.st_mode & S_IFMT == S_IFREG
    }
}
