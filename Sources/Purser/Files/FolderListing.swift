import Foundation

/// The files below a folder, and the parts of the folder that are not listed.
///
/// Files and folders whose name begins with a dot are left out, as editors' lock files and backup copies.
struct FolderListing: Sendable, Equatable {
    /// The files' paths, relative to the folder and in order.
    private(set) var files: [String] = []
    /// The folders whose files are not known.
    private(set) var faults: [FileError] = []
    /// The links to folders. They are not followed, because they may lead back to where they are.
    private(set) var links: [FileError] = []

    private let root: String
    private let deepest: Int
    private let most: Int
    private var count = 0

    /// Lists a folder; throws ``FileError`` if that is not possible.
    ///
    /// - Parameters:
    ///   - deepest: How many folders deep a file may be.
    ///   - most: How many files and folders are listed.
    init(_ folder: String, deepest: Int = 20, most: Int = 10_000) throws {
        root = folder
        self.deepest = deepest
        self.most = most
        try list("", depth: 0)
        if count > most {
            faults.append(FileError(folder, reason: "has more than \(most) files and folders; the rest is not read"))
        }
        files.sort()
    }

    /// Adds what is in a folder, which is named by its path below the root with a `/` at its end.
    private mutating func list(_ folder: String, depth: Int) throws {
        let path = folder.isEmpty ? root : root + "/" + folder.dropLast()
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw FileError(path, error)
        }
        for name in names.sorted() where !name.hasPrefix(".") {
            count += 1
            if count > most { return }
            add(folder + name, depth: depth)
        }
    }

    /// Adds a file, or what is in a folder.
    private mutating func add(_ entry: String, depth: Int) {
        let path = root + "/" + entry
        // Such a name is not the one that the file has.
        if entry.unicodeScalars.contains("\u{FFFD}") {
            faults.append(FileError(path, reason: "has a name that is not UTF-8, so it is not read"))
            return
        }
        do {
            switch try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType {
            case .typeDirectory? where depth == deepest:
                faults.append(FileError(path, reason: "is more than \(deepest) folders deep, so it is not read"))
            case .typeDirectory?: try list(entry + "/", depth: depth + 1)
            case .typeSymbolicLink? where Self.isFolder(path):
                links.append(FileError(path, reason: "is a link to a folder, which is not followed"))
            default: files.append(entry)
            }
        } catch let error as FileError {
            faults.append(error)
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile || error.code == .fileNoSuchFile {
            // Removed since its folder was listed.
        } catch {
            faults.append(FileError(path, error))
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
