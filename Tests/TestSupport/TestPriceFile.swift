import Foundation
package import PurserCore

/// Price files with few columns, for tests.
package enum TestPriceFile {
    /// A row of a model: dollars per million input and output tokens.
    package typealias Row = (modelId: String, region: String, input: String, output: String)

    package static func text(_ rows: [Row]) -> String {
        let lines = rows.map { "\($0.modelId),\($0.region),\($0.input),\($0.output),listed,test,2026-11-15\n" }
        return "model_id,region,input,output,status,source,retrieved\n" + lines.joined()
    }

    package static func catalog(_ rows: Row..., arns: ARNMap = ARNMap()) throws -> PriceCatalog {
        try PriceCatalog(csv: text(rows), file: "p.csv", arns: arns)
    }

    /// Writes a file in place of the one that may be there, in one step.
    package static func write(_ rows: Row..., to path: String) throws {
        try text(rows).write(toFile: path, atomically: true, encoding: .utf8)
    }
}
