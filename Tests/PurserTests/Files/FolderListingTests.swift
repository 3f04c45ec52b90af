import Foundation
import TestSupport
import Testing

@testable import Purser

@Suite struct FolderListingTests {
    private static func folder(_ files: String...) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in files {
            let path = URL(fileURLWithPath: folder.path(name))
            let parent = path.deletingLastPathComponent()
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
            try Data().write(to: path)
        }
        return folder
    }

    @Test("files are listed in order, without hidden ones; links to folders are named, and links to files are files")
    func order() throws {
        let folder = try Self.folder("a/z", "a/b/c/y", "a/b-x", "a/.git/x", "a/b/.swp")
        let links = ["a/b/back": "a", "a/file": "a/z", "a/gone": "none"]
        for (link, target) in links {
            try FileManager.default.createSymbolicLink(
                atPath: folder.path(link),
                withDestinationPath: folder.path(target)
            )
        }
        let listing = try FolderListing(folder.path("a"))
        #expect(listing.files == ["b-x", "b/c/y", "file", "gone", "z"] && listing.faults.isEmpty)
        let link = FileError(folder.path("a/b/back"), reason: "is a link to a folder, which is not followed")
        #expect(listing.links == [link])
    }

    @Test("a file whose name is not UTF-8 is a fault, and does not vanish")
    func name() throws {
        let folder = try Self.folder("a/x")
        let path = Array((folder.path("a") + "/").utf8) + [0x7A, 0xE9, 0]
        let file = path.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { name in
            name.baseAddress.flatMap { fopen($0, "w") }
        }
        // Not every file system takes such a name.
        guard let file else { return }
        fclose(file)
        let listing = try FolderListing(folder.path("a"))
        #expect(
            listing.files == ["x"]
                && listing.faults.map(\.reason) == ["has a name that is not UTF-8, so it is not read"]
        )
    }

    @Test("a folder that is too deep is a fault, and so is what is beyond the number of entries")
    func limits() throws {
        let folder = try Self.folder("a/1/2/3/x", "a/1/y", "a/z")
        let path = folder.path("a")
        #expect(try FolderListing(path, deepest: 3).faults.isEmpty)
        let shallow = try FolderListing(path, deepest: 1)
        #expect(shallow.files == ["1/y", "z"])
        #expect(shallow.faults.map(\.reason) == ["is more than 1 folders deep, so it is not read"])
        #expect(shallow.faults.map(\.path) == [folder.path("a/1/2")])
        #expect(try FolderListing(path, most: 6).faults.isEmpty)
        let few = try FolderListing(path, most: 5)
        #expect(few.files == ["1/2/3/x", "1/y"])
        #expect(
            few.faults.map(\.description) == ["\(path): has more than 5 files and folders; the rest is not read"]
        )
    }

    @Test("a subfolder that cannot be listed is a fault of its own; a folder that cannot be listed is an error")
    func unreadable() throws {
        let folder = try Self.folder("a/locked/x", "a/z")
        #expect(throws: FileError.self) { try FolderListing(folder.path("none")) }
        #expect(throws: FileError.self) { try FolderListing(folder.path("a/z")) }
        // Root may list every folder, except one whose path is too long for the system.
        let names = Array(repeating: String(repeating: "n", count: 250), count: 9).joined(separator: "/")
        for half in ["a/", "b/"] {
            try FileManager.default.createDirectory(
                atPath: folder.path(half + names),
                withIntermediateDirectories: true
            )
        }
        let (from, to) = (folder.path("b"), folder.path("a/\(names)/b"))
        try FileManager.default.moveItem(atPath: from, toPath: to)
        // Otherwise the test's folder could not be removed either.
        defer { try? FileManager.default.moveItem(atPath: to, toPath: from) }
        let listing = try FolderListing(folder.path("a"))
        #expect(listing.files == ["locked/x", "z"])
        #expect(listing.faults.map(\.reason) == ["File name too long"])
    }

    @Test(
        "a subfolder without the permission to read it is a fault, and the rest is listed",
        .enabled(if: geteuid() != 0)
    )
    func forbidden() throws {
        let folder = try Self.folder("a/locked/x", "a/z")
        let path = folder.path("a/locked")
        #expect(chmod(path, 0) == 0)
        defer { chmod(path, 0o700) }
        let listing = try FolderListing(folder.path("a"))
        #expect(listing.files == ["z"] && listing.faults.map(\.description) == ["\(path): Permission denied"])
    }
}
