import PurserCore
import TestSupport
import Testing

@Suite struct CSVReaderTests {
    private func fields(_ text: String) -> [[String]] {
        CSVReader.read(text).records.map(\.fields)
    }

    @Test("quoted fields may hold commas, doubled quotes and line breaks; line ends are LF or CR LF")
    func quoting() {
        #expect(fields("a,b\nc,d\n") == [["a", "b"], ["c", "d"]])
        #expect(fields("a,b\r\nc,d") == [["a", "b"], ["c", "d"]])
        #expect(fields("\"a,b\",\"say \"\"so\"\"\",\"\"\r\n") == [["a,b", "say \"so\"", ""]])
        #expect(fields("\"two\nlines\",x\r\ny,z") == [["two\nlines", "x"], ["y", "z"]])
        #expect(fields("é,日本,🪙\n") == [["é", "日本", "🪙"]])
    }

    @Test("empty fields count, a trailing comma adds a field, and blank lines are skipped")
    func emptyFields() {
        #expect(fields(",\n") == [["", ""]])
        #expect(fields("a,\n") == [["a", ""]])
        #expect(fields("a\n\n\r\nb") == [["a"], ["b"]])
        #expect(fields("").isEmpty)
        #expect(fields("\n").isEmpty)
    }

    @Test("a byte order mark is not part of the first field")
    func byteOrderMark() {
        #expect(fields("\u{feff}a,b\n") == [["a", "b"]])
        #expect(fields("\u{feff}\"a\",b\n") == [["a", "b"]])
    }

    @Test("a record's line is the one on which it starts, even if its fields span several")
    func lines() {
        let records = CSVReader.read("a\n\n\"b\n\nb\"\r\nc\n").records
        #expect(records.map(\.line) == [1, 3, 6])
    }

    @Test("each fault names its line, and the lines after it are read")
    func faults() {
        let stray = "a stray quote; a field with a quote must be in quotes, with the inner quote doubled"
        let after = "text after the closing quote; a comma or the end of the line must follow"
        let bare = "a carriage return without a line feed; lines end in LF or CR LF"
        let (records, faults) = CSVReader.read("a,b\nc\"d,e\n\"f\"g,h\ni\rj,k\r\nl,m\n")
        #expect(records.map(\.fields) == [["a", "b"], ["l", "m"]])
        #expect(
            faults == [
                CSVReader.read("\nc\"d,e\n").faults.first, CSVReader.read("\n\n\"f\"g,h\n").faults.first,
                CSVReader.read("\n\n\ni\rj").faults.first,
            ]
        )
        #expect(faults.map(\.line) == [2, 3, 4])
        #expect(faults.map(\.message) == [stray, after, bare])
    }

    @Test("a quote that is never closed is reported where it opened")
    func unclosed() {
        let (records, faults) = CSVReader.read("a\nb,\"c\nd\ne\n")
        #expect(records.map(\.fields) == [["a"]])
        #expect(faults.map(\.line) == [2])
        #expect(faults.map(\.message) == ["the quote that opens here is never closed"])
    }

    @Test("any fields can be written and read back unchanged", arguments: [UInt64(1), 2, 3])
    func roundTrip(seed: UInt64) {
        var random = TestRandom(seed)
        let alphabet = ["a", "7", ",", "\"", "\n", "\r\n", "\r", " ", "é", "🪙", ""]
        for _ in 0..<500 {
            let rows = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                ["x"]
                    + (0..<Int.random(in: 0...4, using: &random)).map { _ in
                        (0..<Int.random(in: 0...6, using: &random)).map { _ in
                            alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                        }.joined()
                    }
            }
            let text = rows.map { $0.map(CSVReader.quoted).joined(separator: ",") + "\r\n" }.joined()
            let (records, faults) = CSVReader.read(text)
            #expect(faults.isEmpty, "seed \(seed): \(text)")
            #expect(records.map(\.fields) == rows, "seed \(seed): \(text)")
        }
    }

    /// Returns what a reader gives that gets the text in pieces of a length.
    private func read(_ text: String, piece: Int, longestRecord: Int = .max) -> ([CSVRecord], [CSVFault]) {
        var reader = CSVReader(longestRecord: longestRecord)
        var (records, faults): ([CSVRecord], [CSVFault]) = ([], [])
        func take() {
            while let result = reader.next() {
                switch result {
                case .success(let record): records.append(record)
                case .failure(let fault): faults.append(fault)
                }
            }
        }
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: piece) {
            reader.append(Array(bytes[start..<min(start + piece, bytes.count)]))
            take()
        }
        reader.finish()
        take()
        return (records, faults)
    }

    @Test("a text in pieces of any length is the same as the whole", arguments: 1...9)
    func pieces(length: Int) {
        for text in [
            "\u{feff}a,b\r\n1,\"x\r\ny\"\"z\"\r\n\r\n2,3", "a\rb\nc,d\n", "\"a\"b\nc\n", "a\"b\r\nc\n", "", "\u{feff}",
            "a",
            "a,\"never\nclosed\n", "é,\"ü\"\n", "a\r", "\"a\"\r\nb",
        ] {
            let whole = CSVReader.read(text)
            let (records, faults) = read(text, piece: length)
            #expect(records == whole.records && faults == whole.faults, "\(text.debugDescription)")
        }
    }

    @Test("a record that is too long is a fault, and the lines after it are read", arguments: [1, 7, 64, 1000])
    func longRecord(piece: Int) {
        let text = "a,b\n1," + String(repeating: "x", count: 500) + "\n2,3\n"
        let (records, faults) = read(text, piece: piece, longestRecord: 100)
        guard piece < 1000 else { return #expect(records.count == 3) }
        #expect(records.map(\.fields) == [["a", "b"], ["2", "3"]] && records.map(\.line) == [1, 3])
        #expect(faults.map(\.line) == [2] && faults.first?.message == "the record is longer than 100 bytes")
    }

    @Test("fields that are not kept are empty, and a record has as many fields")
    func keeps() throws {
        var reader = CSVReader()
        reader.append(Array("a,\"b\",c\n".utf8))
        reader.finish()
        reader.keeps = [false, false, true]
        #expect(try reader.next()?.get().fields == ["", "", "c"])
    }

    @Test("only a line without anything is blank, whether its text is kept or not")
    func blank() {
        var reader = CSVReader()
        reader.append(Array("a\r\n\r\n\n\"\"\nb".utf8))
        reader.finish()
        reader.keeps = [false]
        var lines: [Int] = []
        while case .success(let record)? = reader.next() {
            #expect(record.fields == [""])
            lines.append(record.line)
        }
        #expect(lines == [1, 4, 5])
        #expect(fields("a\n\"\"\n") == [["a"], [""]])
    }
}
