import Foundation

/// Recognizes file systems shared with other machines, on which SQLite's locks and shared memory are not reliable.
enum NetworkFileSystem {
    /// The types of these file systems, as Linux names them in its list of mounts.
    static let types: Set<String> = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "9p", "gfs2", "ocfs2", "lustre", "glusterfs", "beegfs",
        "fuse.sshfs", "fuse.glusterfs", "fuse.cephfs", "fuse.s3fs", "fuse.rclone", "fuse.gcsfuse",
    ]

    /// Returns the type of the network file system that holds a file; nil if the file system is local or not known.
    static func holding(_ path: String) -> String? {
        guard let mounts = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8) else { return nil }
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        return type(of: real, mounts: mounts).flatMap { types.contains($0) ? $0 : nil }
    }

    /// Returns whether a file is a mount point: it was mounted without its folder.
    static func isMounted(_ realPath: String) -> Bool {
        guard let mounts = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8) else { return false }
        return isMountPoint(realPath, mounts: mounts)
    }

    static func isMountPoint(_ path: String, mounts: String) -> Bool {
        mounts.split(separator: "\n").contains { line in
            let fields = line.split(separator: " ", maxSplits: 5)
            return fields.count > 4 && fields[4].replacingOccurrences(of: "\\040", with: " ") == path
        }
    }

    /// Returns the type of the file system whose mount point is the longest prefix of a path; if there are two mounts
    /// at one point, the later one hides the earlier. The format of `mounts` is that of `mountinfo` in proc(5).
    static func type(of path: String, mounts: String) -> String? {
        var best: (length: Int, type: String)?
        for line in mounts.split(separator: "\n") {
            let halves = line.components(separatedBy: " - ")
            let fields = halves[0].split(separator: " ")
            guard halves.count == 2, fields.count > 4, let type = halves[1].split(separator: " ").first else {
                continue
            }
            let point = fields[4].replacingOccurrences(of: "\\040", with: " ")
            let isPrefix = point == "/" || path == point || path.hasPrefix(point + "/")
            if isPrefix, point.count >= best?.length ?? 0 { best = (point.count, String(type)) }
        }
        return best?.type
    }
}
