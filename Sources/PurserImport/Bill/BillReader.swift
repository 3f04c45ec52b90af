package import PurserCore

/// Reads a bill in CSV piece by piece: CUR 2.0, Cost and Usage Reports, or FOCUS with AWS's columns or Purser's.
///
/// Columns are found by their names, in any order; those that are not needed are not read.
package struct BillReader {
    private static let longestRecord = 1 << 20
    private static let mostFaults = 20
    private static let lineFeed = UInt8(ascii: "\n")

    private let file: String
    private var csv = CSVReader(longestRecord: longestRecord)
    private var header: Header?
    private var faults: [Diagnostic] = []
    private var months = RememberedMonths()
    private var endsInLineFeed = true
    package private(set) var bill = Bill()
    /// The lines with values.
    package private(set) var lines = 0

    private struct Header {
        var format: BillFormat
        /// The place of each ``BillColumn``, by its number.
        var places: [Int?]
        var count: Int
    }

    /// - Parameter file: The path, for error messages.
    package init(file: String) {
        self.file = file
    }

    /// The line that is read next.
    package var line: Int { csv.line }

    /// Adds the next bytes of the file. Throws ``Diagnostics`` when there is no reason to read on.
    package mutating func read(_ piece: [UInt8]) throws {
        csv.append(piece)
        if let last = piece.last { endsInLineFeed = last == Self.lineFeed }
        try readRecords()
    }

    /// Reads what is left; throws ``Diagnostics`` with the faults of the file.
    package mutating func finish() throws {
        csv.finish()
        try readRecords()
        if header == nil, faults.isEmpty { reject(1, nil, "the file is empty; a bill has a header") }
        // A last line that is cut in its last field looks whole.
        if !endsInLineFeed, faults.isEmpty { reject(csv.line, nil, "the last line has no end; the file is cut off") }
        if !faults.isEmpty { throw Diagnostics(faults) }
    }

    private mutating func readRecords() throws {
        while let result = csv.next() {
            switch result {
            case .failure(let fault): reject(fault.line, nil, fault.message)
            case .success(let record):
                if let header {
                    read(record, header)
                } else {
                    try readHeader(record)
                }
            }
            if faults.count >= Self.mostFaults {
                throw Diagnostics(faults + [Diagnostic(file: file, "not read any further: too many faults")])
            }
        }
        // Without a header there is nothing to read.
        if header == nil, !faults.isEmpty { throw Diagnostics(faults) }
    }

    private mutating func reject(_ line: Int, _ column: String?, _ message: String) {
        faults.append(Diagnostic(file: "\(file):\(line)", key: column, message))
    }

    private mutating func readHeader(_ record: CSVRecord) throws {
        guard let format = BillFormat(record.fields) else {
            let names = BillFormat.allCases.map { "\(BillColumn.type.name($0)) (\($0.name))" }
            reject(record.line, nil, "is not a bill: it has none of the columns \(names.joined(separator: ", "))")
            throw Diagnostics(faults)
        }
        var places: [Int?] = []
        for column in BillColumn.allCases {
            let name = column.name(format)
            let found = name.isEmpty ? [] : record.fields.indices.filter { record.fields[$0] == name }
            if found.count > 1 { reject(record.line, name, "the column appears twice") }
            places.append(found.first)
        }
        for column in BillColumn.required(format, has: { places[$0.rawValue] != nil })
        where places[column.rawValue] == nil {
            reject(record.line, column.name(format), "the column is missing; a \(format.name) bill needs it")
        }
        if !faults.isEmpty { throw Diagnostics(faults) }
        header = Header(format: format, places: places, count: record.fields.count)
        csv.keeps = record.fields.indices.map(places.contains)
    }

    private mutating func read(_ record: CSVRecord, _ header: Header) {
        guard record.fields.count == header.count else {
            return reject(record.line, nil, "\(record.fields.count) fields, but the header has \(header.count)")
        }
        lines += 1
        let row = BillRow(record.fields, header.places)
        func name(_ column: BillColumn) -> String { column.name(header.format) }
        let currency = row[.currency]
        guard currency == "USD" else {
            return reject(
                record.line,
                name(.currency),
                "`\(currency.prefix(20))` is not USD; a bill is compared in USD"
            )
        }
        guard let month = months.month(row[.period]) else {
            return reject(
                record.line,
                name(.period),
                "`\(row[.period].prefix(40))` is not the start of a month like 2026-10-01T00:00:00Z"
            )
        }
        let sku = row.sku
        guard sku.isOfBedrock(productCode: row[.productCode]) else {
            return count(record.line) { try $0.addOtherService(month) }
        }
        if let fault = row.fault(in: sku) { return reject(record.line, nil, fault) }
        guard let cost = BillRow.number(row[.cost]) else {
            return reject(record.line, name(.cost), "`\(row[.cost].prefix(40))` is not \(BillRow.allowed)")
        }
        guard let kind = row.kind(in: month, header.format) else {
            return reject(
                record.line,
                name(.start),
                "`\(row[.start].prefix(40))` is not a time in UTC like 2026-10-01T00:00:00Z"
            )
        }
        guard let quantity = kind == .usage || !row[.quantity].isEmpty ? BillRow.number(row[.quantity]) : .zero else {
            return reject(record.line, name(.quantity), "`\(row[.quantity].prefix(40))` is not \(BillRow.allowed)")
        }
        if kind == .usage {
            if quantity.isNegative { return reject(record.line, name(.quantity), "usage must not be negative") }
            if cost.isNegative { return reject(record.line, name(.cost), "the cost of usage must not be negative") }
        }
        let principal = row[.principal]
        let line = BilledLine(
            month: month,
            kind: kind,
            sku: sku,
            quantity: quantity,
            cost: cost,
            principal: principal.isEmpty ? nil : principal
        )
        count(record.line) { try $0.add(line) }
    }

    private mutating func count(_ line: Int, _ add: (inout Bill) throws -> Void) {
        do { try add(&bill) } catch { reject(line, nil, "\(error)") }
    }
}

/// The values of a line, by column.
private struct BillRow {
    private let fields: [String]
    private let places: [Int?]

    init(_ fields: [String], _ places: [Int?]) {
        (self.fields, self.places) = (fields, places)
    }

    /// Empty if the file does not have the column.
    subscript(column: BillColumn) -> String {
        places[column.rawValue].map { fields[$0] } ?? ""
    }

    private static let mostDigits = 15
    private static let mostDecimals = 20
    static let allowed =
        "a decimal number with at most \(mostDigits) digits before the point and \(mostDecimals) behind it"

    /// Reads a number as bills write it, also `1.2e-7`; nil for anything else.
    static func number(_ text: String) -> FocusDecimal? {
        guard text.utf8.count <= 60, let value = FocusDecimal(text.uppercased()), value.decimals <= mostDecimals else {
            return nil
        }
        let whole = value.description.drop { $0 == "-" }.prefix { $0 != "." }
        return whole.count <= mostDigits ? value : nil
    }

    /// Returns why a name of the line cannot be used; nil if all can.
    func fault(in sku: BilledSKU) -> String? {
        let names = sku.texts + [self[.principal], self[.type], self[.chargeClass]]
        if names.contains(where: { $0.utf8.count > Bill.longestName }) {
            return "a name in it is longer than \(Bill.longestName) bytes"
        }
        let hasControl = names.contains { name in
            name.unicodeScalars.contains { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) }
        }
        return hasControl ? "a name in it has a control character" : nil
    }

    var sku: BilledSKU {
        // Only Purser's own dataset says it.
        let isOwn = !self[.calledModel].isEmpty
        var names = [self[.serviceName], self[.productName]]
        // Most lines are of other services, and need no parsing.
        let product = names.allSatisfy(\.isEmpty) ? self[.product] : ""
        if product.contains("Bedrock"), let product = try? JSONValue(parsing: product) {
            names = ["servicename", "product_name"].map { product[$0]?.string ?? "" }
        }
        let region = self[.region].isEmpty ? self[.otherRegion] : self[.region]
        return BilledSKU(
            usageType: self[.usageType].isEmpty ? self[.otherUsageType] : self[.usageType],
            unit: self[.unit],
            names: names.filter { !$0.isEmpty },
            description: isOwn ? "" : self[.description],
            region: region,
            skuId: isOwn ? self[.skuId] : "",
            skuPriceId: isOwn ? self[.skuPriceId] : ""
        )
    }

    /// Returns what kind of line it is: usage of the month, or something else by its name; nil if its start cannot be read.
    func kind(in month: CalendarMonth, _ format: BillFormat) -> BilledLine.Kind? {
        let type = self[.type]
        if type.isEmpty { return .unknown("(no type)") }
        if type != "Usage" { return format.otherTypes.contains(type) ? .other(type) : .unknown(type) }
        if !self[.chargeClass].isEmpty { return .other(self[.chargeClass]) }
        if self[.source] == CallSource.simulated.rawValue { return .other("Simulated calls") }
        guard !self[.start].isEmpty else { return .usage }
        guard let (day, _) = BillTime.read(self[.start]) else { return nil }
        return day < month.start || day >= month.end ? .other(Bill.outside) : .usage
    }
}

/// The times of bills, all of which are in UTC.
private enum BillTime {
    /// Reads a day, or a time such as `2026-10-01T00:00:00Z` or `2026-10-01 00:00:00.000`, as its day and the digits of its
    /// time; nil for anything else, and for a time of another zone.
    static func read(_ text: String) -> (day: Timestamp, digits: [UInt8])? {
        guard text.utf8.count <= 40, let day = Timestamp(day: String(text.prefix(10))) else { return nil }
        var rest = text.dropFirst(10)
        if rest.isEmpty { return (day, []) }
        guard let mark = rest.popFirst(), mark == "T" || mark == " " else { return nil }
        for zone in ["Z", " UTC", "+00:00"] where rest.hasSuffix(zone) {
            rest = rest.dropLast(zone.count)
            break
        }
        let parts = rest.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let clock = parts[0].split(separator: ":", omittingEmptySubsequences: false)
        let isClock =
            (2...3).contains(clock.count) && zip(clock, ["23", "59", "59"]).allSatisfy { $0.count == 2 && $0 <= $1 }
        guard isClock, parts.count == 1 || clock.count == 3 && (1...9).contains(parts[1].count) else { return nil }
        let digits = Array((clock + parts.dropFirst()).joined().utf8)
        return digits.allSatisfy { (0x30...0x39).contains($0) } ? (day, digits) : nil
    }
}

/// The months of a bill's periods, most of which are the same text.
private struct RememberedMonths {
    private var last: (text: String, month: CalendarMonth)?

    /// Reads the start of a month: `2026-10-01T00:00:00Z` or `2026-10-01 00:00:00.000`; nil for anything else.
    mutating func month(_ text: String) -> CalendarMonth? {
        if let last, last.text == text { return last.month }
        guard let (day, digits) = BillTime.read(text), day.fields.day == 1,
            digits.allSatisfy({ $0 == UInt8(ascii: "0") })
        else { return nil }
        let month = CalendarMonth(containing: day)
        last = (text, month)
        return month
    }
}
