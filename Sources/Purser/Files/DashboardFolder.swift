import Foundation
import PurserCore

/// The dashboards of a folder, or the shipped ones: each is a file NAME.json with a body of CloudWatch's.
package struct DashboardFolder: Sendable {
    private let path: String?

    private static let ending = ".json"
    private static let mostMebibytes = 16

    /// - Parameter path: The folder; nil means the dashboards in the program.
    package init(path: String?) {
        self.path = path
    }

    /// Where it looks, for messages.
    package var place: String { path ?? "the program" }

    /// Returns the names of the dashboards, in order.
    package func names() throws -> [String] {
        let files = try path.map { try FolderListing($0).files.filter { !$0.contains("/") } }
        return (files ?? EmbeddedFile.all(in: "dashboards").map(\.name)).filter { $0.hasSuffix(Self.ending) }
            .map { String($0.dropLast(Self.ending.count)) }.sorted()
    }

    /// Returns the text of a dashboard's file and the path that messages name; nil if there is no such dashboard.
    package func file(_ name: String) throws -> (path: String, text: String)? {
        guard try names().contains(name) else { return nil }
        guard let path else {
            let file = EmbeddedFile.all(in: "dashboards").first { $0.name == name + Self.ending }
            return file.map { ($0.path, $0.text) }
        }
        let file = path + "/" + name + Self.ending
        return (file, try TextFile.read(file, mostMebibytes: Self.mostMebibytes))
    }
}
