import Foundation
import PurserCore
import TestSupport
import Testing

@Suite(.blocking, .startsPrograms) struct PricesOfferCommandTests {
    /// Writes an offer file in which Nova Lite costs $0.055 instead of $0.06 a million input tokens.
    private static func write(_ folder: borrowing TemporaryFolder) throws {
        try OfferFile.text.write(toFile: folder.path("offer.json"), atomically: true, encoding: .utf8)
    }

    @Test("diff says what differs, and update writes a file that the lint accepts, to another path")
    func update() throws {
        let folder = try TemporaryFolder()
        try Self.write(folder)
        let purser = PurserProgram(store: "/dev/null/purser.db")
        let diff = try purser.run("prices", "diff", folder.path("offer.json"), "--width", "80")
        #expect(diff.status == 0 && diff.output.contains("input 0.06 -> 0.055"), "\(diff)")
        #expect(diff.output.contains("NOT IN THE TABLE OF MODELS\n  AmazonBedrock: New Model"), "\(diff)")
        let path = folder.path("new.csv")
        let update = try purser.run("prices", "update", folder.path("offer.json"), "--output", path)
        #expect(update.status == 0 && update.output.hasPrefix("0 agree, 2 differ, "), "\(update)")
        let lint = try purser.run("prices", "lint", "--prices", path)
        #expect(lint.status == 0, "\(lint)")
        let plain = try purser.run("prices", "update", folder.path("offer.json"))
        #expect(
            try plain.output == String(contentsOfFile: path, encoding: .utf8) && plain.errors.hasPrefix("0 agree")
        )
        // From the day of the file on, the new price holds.
        let price = try purser.run("prices", "list", "--prices", path, "us.amazon.nova-lite")
        #expect(price.output.contains("us.amazon.nova-lite-v1:0\t0.055\t0.24"), "\(price)")
    }

    @Test("bad input names the file and the place, and changes nothing")
    func faults() throws {
        let folder = try TemporaryFolder()
        try Self.write(folder)
        let path = folder.path("new.csv")
        try "{\"offerCode\":\"AmazonEC2\"}".write(toFile: folder.path("ec2.json"), atomically: true, encoding: .utf8)
        for (file, message) in [
            ("ec2.json", "ec2.json: offerCode: must be"), ("no.json", "no.json: there is no such file"),
        ] {
            let words = ["prices", "update", folder.path("offer.json"), folder.path(file), "--output", path]
            let result = try PurserProgram().run(words)
            #expect(result.status == 3 && result.errors.contains(message) && result.output.isEmpty, "\(result)")
            #expect(!FileManager.default.fileExists(atPath: path))
        }
        let json = try PurserProgram().run("prices", "update", folder.path("offer.json"), "--format", "json")
        #expect(json.status == 64 && json.errors.contains("--format json needs --output"), "\(json)")
        #expect(try PurserProgram().run("prices", "diff").status == 64)
    }
}

/// A small file of AWS's price list.
enum OfferFile {
    static let text = json([
        ("Nova Lite", "input-tokens", "0.0000550000"), ("Nova Lite", "output-tokens", "0.0002400000"),
        ("New Model", "input-tokens", "0.0010000000"),
    ])

    private static func json(_ products: [(name: String, kind: String, dollars: String)]) -> String {
        var entries: [JSONValue.Member] = []
        var terms: [JSONValue.Member] = []
        for (index, product) in products.enumerated() {
            let sku = "SKU\(index)"
            let usage = "USE1-\(product.name.replacing(" ", with: ""))-\(product.kind)"
            entries.append(
                .init(
                    sku,
                    [
                        "sku": .string(sku),
                        "attributes": [
                            "model": .string(product.name), "usagetype": .string(usage), "regionCode": "us-east-1",
                        ],
                    ]
                )
            )
            let dimension: JSONValue = ["unit": "1K tokens", "pricePerUnit": ["USD": .string(product.dollars)]]
            terms.append(.init(sku, ["T": ["priceDimensions": ["D": dimension]]]))
        }
        let file: JSONValue = [
            "offerCode": "AmazonBedrock", "publicationDate": "2026-11-20T10:19:12Z", "products": .object(entries),
            "terms": ["OnDemand": .object(terms)],
        ]
        return file.text()
    }
}
