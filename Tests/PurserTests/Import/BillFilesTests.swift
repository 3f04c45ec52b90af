import Foundation
import PurserCore
import PurserImport
import TestSupport
import Testing

@testable import Purser

@Suite("files of bills") struct BillFilesTests {
    private typealias Line = TestBill.Line
    private static let line = Line("USE1-NovaLite-input-tokens", "12.345", "0.0007407000")
    private static let october = CalendarMonth(year: 2026, month: 10)

    private static func faults(_ text: String, piece: Int = 1 << 16) -> [String] {
        do {
            var reader = BillReader(file: "b.csv")
            let bytes = Array(text.utf8)
            for start in stride(from: 0, to: bytes.count, by: piece) {
                try reader.read(Array(bytes[start..<min(start + piece, bytes.count)]))
            }
            try reader.finish()
            return []
        } catch {
            return "\(error)".split(separator: "\n").map(String.init)
        }
    }

    @Test("the three formats say the same, plain or compressed", arguments: TestBill.Format.allCases)
    func formats(format: TestBill.Format) throws {
        let folder = try TemporaryFolder()
        let text = Array(TestBill.csv([Self.line, Self.line.with { $0.quantity = "1e-3" }], format).utf8)
        let (plain, packed) = (folder.path("bill"), folder.path("packed"))
        try Data(text).write(to: URL(fileURLWithPath: plain))
        try Data(TestGzip.member(text)).write(to: URL(fileURLWithPath: packed))
        for path in [plain, packed] {
            let bills = try BillFiles([path])
            let usage = try #require(bills.bill.months[Self.october]?.usage)
            let total = try #require(usage.values.first)
            #expect(usage.count == 1 && total.lines == 2 && total.quantity.description == "12.346")
            #expect(total.cost.description == "0.0014814" && bills.files.map(\.lines) == [2])
        }
        #expect(throws: Diagnostics([.init(file: packed, "has the same content as \(plain); give each file once")])) {
            try BillFiles([plain, packed])
        }
        #expect(try BillFiles([plain]).digest == BillFiles([packed]).digest)
    }

    @Test("a compressed bill that ends anywhere names the file and the line, and no part of it is used")
    func truncated() throws {
        let folder = try TemporaryFolder()
        let data = TestGzip.member(Array(TestBill.csv([Self.line]).utf8))
        let path = folder.path("b.csv.gz")
        // With one byte it cannot be known to be compressed.
        for length in 2..<data.count {
            try Data(data.prefix(length)).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: Diagnostics.self) { try BillFiles([path]) }
            let fault = try #require(error?.all.first)
            #expect(fault.file.hasPrefix(path + ":") && fault.message.contains("ends too early"), "\(length) \(fault)")
        }
        for length in 0..<2 {
            try Data(data.prefix(length)).write(to: URL(fileURLWithPath: path))
            #expect(throws: Diagnostics.self) { try BillFiles([path]) }
        }
        #expect(throws: FileError.self) { try BillFiles([folder.path("none")]) }
        #expect(throws: FileError.self) { try BillFiles([folder.url.path]) }
    }

    @Test(
        "a value that cannot be used names the line, the column and what is allowed",
        arguments: [
            ("currency", "EUR", "b.csv:3: line_item_currency_code: `EUR` is not USD"),
            ("currency", "", "line_item_currency_code: `` is not USD"),
            ("quantity", "", "line_item_usage_amount: `` is not a decimal number"),
            ("quantity", "1,5", "line_item_usage_amount"), ("quantity", "NaN", "line_item_usage_amount"),
            ("quantity", "-1", "line_item_usage_amount: usage must not be negative"),
            ("quantity", "9999999999999999999999", "line_item_usage_amount"),
            ("quantity", "1E30", "line_item_usage_amount"),
            ("cost", "-0.01", "line_item_unblended_cost: the cost of usage must not be negative"),
            ("cost", "1\u{0}", "line_item_unblended_cost"), ("cost", "$1", "line_item_unblended_cost"),
            ("period", "2026-10-02", "bill_billing_period_start_date: `2026-10-02` is not the start of a month"),
            ("period", "", "bill_billing_period_start_date"),
            ("period", "2026-10-01T00:00:00+05:00", "bill_billing_period_start_date"),
            ("day", "Sep 30", "line_item_usage_start_date: `Sep 30T01:00:00Z` is not a time in UTC"),
            ("usageType", "USE1-X\u{7}-input-tokens", "a name in it has a control character"),
            ("type", "Tax\u{1b}]0;x", "a name in it has a control character"),
        ]
    )
    func values(field: String, value: String, message: String) {
        func change(_ line: inout Line) {
            switch field {
            case "currency": line.currency = value
            case "quantity": line.quantity = value
            case "cost": line.cost = value
            case "day": line.day = value
            case "usageType": line.usageType = value
            case "type": line.type = value
            default: line.period = value
            }
        }
        // The note of each line spans two.
        let faults = Self.faults(
            TestBill.csv([Self.line, Self.line.with(change)]).replacing("note\"\",\n", with: "note")
        )
        #expect(faults.count == 1 && faults[0].contains(message), "\(faults)")
        #expect(faults[0].hasPrefix("b.csv:3: "), "\(faults)")
    }

    @Test(
        "the start of a line is a day or a time in UTC",
        arguments: [
            ("2026-10-05", true), ("2026-10-05 01:00:00", true), ("2026-10-05T01:00Z", true), ("", true),
            ("2026-10-05T01:00:00.000Z", true), ("2026-10-05 01:00:00.000 UTC", true),
            ("2026-10-05T01:00:00+00:00", true), ("2026-10-05T01:00:00+02:00", false), ("2026-10-05x", false),
            ("2026-10-05T25:00:00Z", false), ("2026-10-32", false), ("2026-10-05T", false), ("Sep 30", false),
            ("2026-10-05 01:00:00 PST", false), ("2026-10-05T1:00:00Z", false), ("2026-10-05T0a:00:00Z", false),
        ]
    )
    func times(time: String, isAllowed: Bool) {
        let faults = Self.faults(TestBill.csv([Self.line]).replacing("2026-10-05T01:00:00Z", with: time))
        #expect(faults.isEmpty == isAllowed, "\(faults)")
        #expect(isAllowed || faults.first?.hasPrefix("b.csv:2: line_item_usage_start_date: `\(time)`") == true)
    }

    @Test("a bill that is cut anywhere in its last line is an error", arguments: TestBill.Format.allCases)
    func cut(format: TestBill.Format) throws {
        let text = TestBill.csv([Self.line, Self.line], format)
            .replacing("\"a \"\"note\"\",\nof two lines\"", with: "note")
        // With a last column that is not read, and with one that is.
        let type = text.replacing(",note\n", with: "\n").replacing(/,[^,\n]*\n/, with: "\n", maxReplacements: 1)
        for text in [text, type] {
            let bytes = Array(text.utf8)
            let lines = bytes.split(separator: UInt8(ascii: "\n"))
            let start = bytes.count - 1 - (try #require(lines.last)).count
            func bill(_ length: Int) throws -> Bill {
                var reader = BillReader(file: "b.csv")
                try reader.read(Array(bytes.prefix(length)))
                try reader.finish()
                return reader.bill
            }
            #expect(try bill(start).months[Self.october]?.usage.values.map(\.lines) == [1])
            #expect(try bill(bytes.count).months[Self.october]?.usage.values.map(\.lines) == [2])
            for length in (start + 1)..<bytes.count {
                #expect(throws: Diagnostics.self, "\(length - start)") { try bill(length) }
            }
        }
    }

    @Test("the number of names and of months is limited, also over several files")
    func limits() throws {
        let month = Self.october
        func line(_ month: CalendarMonth, _ name: Int) -> BilledLine {
            BilledLine(
                month: month,
                kind: .usage,
                sku: BilledSKU(usageType: "\(name)", unit: "", names: [], description: "", region: ""),
                quantity: .zero,
                cost: .zero,
                principal: "p\(name)"
            )
        }
        var (full, other) = (Bill(), Bill())
        for name in 0..<Bill.mostNames { try full.add(line(month, name)) }
        try other.add(line(month, 1))
        try full.add(other)
        #expect(throws: BillFault.self) { try full.add(line(month, -1)) }
        try other.add(line(month, -1))
        #expect(throws: BillFault.self) { try full.add(other) }
        var months = Bill()
        var next = month
        for _ in 0..<Bill.mostMonths {
            try months.addOtherService(next)
            next = next.next
        }
        try months.addOtherService(month)
        #expect(throws: BillFault.self) { try months.addOtherService(next) }
        #expect(throws: BillFault.self) { try months.add(line(next, 1)) }
        var more = Bill()
        try more.add(line(next, 1))
        #expect(throws: BillFault.self) { try months.add(more) }
        #expect(months.months.count == Bill.mostMonths)
    }

    @Test("every fault of a file is found, up to a number")
    func all() {
        let bad = Self.line.with { $0.quantity = "x" }
        #expect(Self.faults(TestBill.csv([bad, Self.line, bad])).count == 2)
        let many = Self.faults(TestBill.csv(Array(repeating: bad, count: 100)))
        #expect(many.count == 21 && many[20].contains("not read any further"))
    }

    @Test("a file that is not a bill, or lacks a column, says which columns are needed", arguments: [1, 1000])
    func headers(piece: Int) {
        #expect(Self.faults("", piece: piece) == ["b.csv:1: the file is empty; a bill has a header"])
        let other = Self.faults("a,b\n1,2\n", piece: piece)
        #expect(other.count == 1 && other[0].contains("line_item_line_item_type (CUR 2.0)"), "\(other)")
        let bill = TestBill.csv([Self.line]).replacing("pricing_unit", with: "unit")
        #expect(
            Self.faults(bill, piece: piece) == ["b.csv:1: pricing_unit: the column is missing; a CUR 2.0 bill needs it"]
        )
        let twice = TestBill.csv([Self.line]).replacing("resource_tags", with: "pricing_unit")
        #expect(Self.faults(twice, piece: piece) == ["b.csv:1: pricing_unit: the column appears twice"])
        let focus = TestBill.csv([Self.line], .focus)
        let without = Self.faults(focus.replacing("SkuMeter", with: "x"), piece: piece)
        #expect(without == ["b.csv:1: SkuMeter: the column is missing; a FOCUS bill needs it"])
        // As in FOCUS 1.0.
        #expect(Self.faults(focus.replacing("SkuMeter", with: "x_UsageType"), piece: piece).isEmpty)
        let short = "ChargeCategory\n\"a"
        #expect(Self.faults(short, piece: piece).count > 1)
    }

    @Test("the memory for a bill does not depend on its length")
    func length() throws {
        var reader = BillReader(file: "b.csv")
        let text = TestBill.csv([Self.line])
        let header = try #require(text.firstIndex(of: "\n"))
        try reader.read(Array(text[...header].utf8))
        let row = Array(text[text.index(after: header)...].utf8)
        for _ in 0..<2000 { try reader.read(row) }
        try reader.finish()
        let usage = try #require(reader.bill.months[Self.october]?.usage)
        #expect(usage.count == 1 && usage.values.first?.lines == 2000)
        #expect(usage.values.first?.quantity.description == "24690")
    }
}
