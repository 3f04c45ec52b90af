import Foundation
import PurserAWS
import PurserCore
import TestSupport
import Testing

/// Compares the embedded files with the folders of the repository, and migrations with the shipped ones.
@Suite struct StoredTidyTests {
    /// The SHA-256 of every migration that was ever shipped. New ones are added, but none of these may change: stores
    /// that already have them would differ from new stores.
    private static let migrations: KeyValuePairs = [
        "0001-initial.sql": "832fea067b0c5cf4d2186b6f0d5baad4bca3e2e404f416ac8453d85a407f8c39",
        "0002-blocks.sql": "d5c6594e22f7f21f5360a8414ec6938a637bab82eb2ce1a225041fd847d2d772",
        "0003-alarms.sql": "5a055934a653859951639db94911089f09b9e331a0824504a82da663dc61cb07",
        "0004-budgets.sql": "40b762a85936db85726dcf738fcca53e812127854921a7e92c22d2ead6a2c505",
        "0005-access-keys.sql": "1d7a66b3f153be61a4e72c56d63cf4ee4fa9c860658e03c1830a5d9a29f03b90",
        "0006-dead-letters.sql": "51816e58b30b2006087c041105f0e181f256b261eefd52585f5eb0cf0c6b6dad",
        "0007-retention.sql": "62ec71ecc5c29ca40ebb435d42baceefc0b7cfc4c77af92f957bcd2c6384d850",
        "0008-sources.sql": "ddcf77313172676a13185c26cf1a09209ebcc98adcc68eeb4dc18d397e62a69e",
        "0009-restoration.sql": "cd4a6d6ef369f07f38366779a376a84448cf7294196bc7059b5eaf56477feab0",
        "0010-verdict.sql": "88123b8d0ff322d196b3fdd4d2b75880106b8bdbb507229521c0c0a2b54314f6",
        "0011-mutes.sql": "060921c14d14c0ee9538292987af520914fcbee8baa0032a6f11e2d88ddb6cac",
        "0012-heartbeats.sql": "11a98d8bf942fb56310c6501add8ebe489441e268ad4a2d6912770173a37712a",
        "0013-marks.sql": "9f451fdbcd73ccf5e07a22e289b34bb6cc97fa43653d534dc9c9a362a7c1b1cd",
        "0014-worst.sql": "b30147526367c3f6a032bc846937ac97aae54f7b10811fb6066591ec30e26586",
        "0015-cost-keys.sql": "cfa83363a21d70626e882417e3667d8e127ee5e09198c9a3d175c99c27cc32ba",
        "0016-budget-windows.sql": "86f84874d4fcc2f9042f96f3d7e7d6a31c1e033c96ce746e92daf57e0c6a3f44",
        "0017-ledger-days.sql": "59a5872b3eec375d261e728ed7db2b41ab1d936acd732af2e7c83dc3e4f4e3e4",
        "0018-closed-months.sql": "895f4350626c722bd963e801544ccfb3efbf3ec8c8864d54314aaba4b78ec8ab",
        "0019-budget-forecasts.sql": "4177adfd75cc7c8aac8a0034f34bad8f1fc0e496489821a217dd0d70a43c42d7",
        "0020-reconciliation.sql": "09ae280ea783c2890ae4a6c07709d1c8100169aef4e30d888ace945cb3fe981b",
        "0021-users-by-month.sql": "b080d32c6ba194f4853ddd85cd2765e8d1645c8152b2a4ac33859550350fa763",
    ]

    @Test("every file of the embedded folders is embedded unchanged, and nothing else is")
    func embeddedFiles() throws {
        for folder in ["migrations", "alarms", "prices", "docs/runbooks"] {
            let names = try FileManager.default.contentsOfDirectory(
                atPath: Repository.root.appendingPathComponent(folder).path
            )
            let embedded = EmbeddedFile.all(in: folder)
            #expect(embedded.map(\.name) == names.sorted())
            for file in embedded {
                #expect(try Repository.text(file.path) == file.text, "\(file.path)")
            }
        }
    }

    @Test("migrations are numbered without a gap, and a shipped one never changes")
    func shippedMigrations() throws {
        let files = EmbeddedFile.all(in: "migrations")
        #expect(files.map(\.name) == Self.migrations.map(\.key))
        for (index, (file, shipped)) in zip(files, Self.migrations).enumerated() {
            #expect(file.name.hasPrefix(String(index + 1).leftPadded(to: 4) + "-"), "\(file.name)")
            #expect(SHA256.hex(file.text) == shipped.value, "\(file.path) is not the file that was shipped")
        }
    }

    @Test("architecture.md lists every table that the migrations create")
    func tables() throws {
        let made = EmbeddedFile.all(in: "migrations").flatMap { file in
            file.text.matches(of: /CREATE (?:VIRTUAL )?TABLE (?:IF NOT EXISTS )?(\w+)/).map { String($0.1) }
        }
        let gone = EmbeddedFile.all(in: "migrations").flatMap { file in
            file.text.matches(of: /DROP TABLE (?:IF EXISTS )?(\w+)/).map { String($0.1) }
        }
        let listed = try Table("docs/architecture.md", section: "What is stored").rows.flatMap { Table.code($0[0]) }
        #expect(Set(listed) == Set(made).subtracting(gone))
        #expect(listed.count == Set(listed).count)
    }

    @Test("every shipped alarm names a runbook that exists")
    func runbooks() throws {
        let alarms = try TestAlarms.read(
            EmbeddedFile.all(in: "alarms").map { (name: $0.path, text: $0.text) },
            parameters: [:]
        )
        #expect(
            alarms.map(\.name) == [
                "budget-used-up", "cache-write-trap", "chat-errors", "chat-latency", "chat-refusals", "cost-anomaly",
                "dead-letters",
                "error-rate",
                "error-rate-low-traffic",
                "latency-low-traffic", "latency-p99", "ledger-unwritable", "month-cost", "quota-80-percent",
                "quota-used-up",
                "refused-requests", "refused-requests-low-traffic", "server-errors", "tpm-quota-80-percent",
                "unpriced-requests",
            ]
        )
        for alarm in alarms {
            let runbook = try #require(alarm.runbook)
            #expect(try !Repository.text(runbook).isEmpty)
        }
    }
}
