import Foundation
import PurserCore

/// Price files written for one test, and the shipped one.
enum PriceFixture {
    /// A date late in the month in which the shipped rows were read.
    static let asOf = Timestamp(year: 2026, month: 11, day: 23)

    /// Returns a file with all columns and these rows, each a valid row with some fields replaced.
    static func csv(_ rows: [String: String]...) -> String {
        let defaults = [
            "model_id": "amazon.nova-lite-v1:0", "input": "0.06", "output": "0.24", "status": "listed",
            "source": "test", "retrieved": "2026-11-15",
        ]
        let lines = rows.map { row in
            let fields = defaults.merging(row) { $1 }
            return Price.columns.map { fields[$0] ?? "" }.joined(separator: ",")
        }
        return ([Price.columns.joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
    }

    static func catalog(_ csv: String) throws -> PriceCatalog {
        try PriceCatalog(csv: csv, file: "p.csv")
    }

    /// Returns one row as a price.
    static func price(_ fields: [String: String] = [:]) throws -> Price {
        try catalog(csv(fields)).prices[0]
    }

    /// Returns the catalog of the repository's prices/bedrock.csv.
    static func shipped() throws -> PriceCatalog {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "prices/bedrock.csv"), encoding: .utf8)
        return try PriceCatalog(csv: text, file: "prices/bedrock.csv")
    }

    /// Returns the texts of the faults for which a file is rejected.
    static func faults(_ csv: String) -> [String] {
        do {
            _ = try catalog(csv)
            return []
        } catch let diagnostics as Diagnostics {
            return diagnostics.all.map(\.description)
        } catch {
            return ["not diagnostics: \(error)"]
        }
    }
}
