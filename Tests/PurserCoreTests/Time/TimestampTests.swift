import Foundation
import PurserCore
import TestSupport
import Testing

@Suite struct TimestampTests {
    @Test("calendar fields agree with Foundation's over four centuries", arguments: [UInt64(1), 2])
    func fields(seed: UInt64) throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        var random = TestRandom(seed)
        for _ in 0..<3000 {
            let milliseconds = Int64.random(in: -6_000_000_000_000...8_000_000_000_000, using: &random)
            let time = Timestamp(milliseconds: milliseconds)
            let date = Date(timeIntervalSince1970: Double(time.seconds))
            let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second, .weekday], from: date)
            let fields = time.fields
            #expect(fields.year == parts.year && fields.month == parts.month && fields.day == parts.day, "\(time)")
            #expect(fields.hour == parts.hour && fields.minute == parts.minute && fields.second == parts.second)
            #expect(fields.weekday + 1 == parts.weekday)
            #expect(Timestamp(iso8601: time.description) == time)
        }
    }

    @Test(
        "ISO 8601 is read in its usual forms",
        arguments: [
            ("2026-11-16T18:00:00Z", 1_794_852_000_000), ("2026-11-16", 1_794_787_200_000),
            ("2026-11-16 18:00", 1_794_852_000_000), ("2026-11-16T19:00:00+01:00", 1_794_852_000_000),
            ("2026-11-16T12:30:00.2509-0530", 1_794_852_000_250), ("1969-12-31T23:59:59.5Z", -500),
            ("0000-01-01T00:01+00:01", -62_167_219_200_000), ("9999-12-31T23:58:59.999-00:01", 253_402_300_799_999),
        ] as [(String, Int64)]
    )
    func reading(text: String, milliseconds: Int64) {
        #expect(Timestamp(iso8601: text)?.milliseconds == milliseconds)
    }

    @Test(
        "anything else is rejected",
        arguments: [
            "", "now", "2026-13-01", "2026-02-30", "2025-02-29", "2026-11-16T24:00", "2026-11-16T18:60", "2026-11-16T",
            "2026-11-16T18:00:00Zx", "2026-11-16T18:00:00.Z", "26-11-16", "2026-11-16T18:00:00+1", " 2026-11-16",
        ]
    )
    func refusing(text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }

    @Test(
        "an offset that leads out of the years 0 to 9999 is rejected, because the moment could not be read back",
        arguments: ["0000-01-01T00:00:00+00:01", "0000-01-01T23:58+23:59", "9999-12-31T23:59:59-00:01"]
    )
    func distantOffsets(text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }

    @Test("slots before 1970 are floored, not truncated")
    func flooring() {
        #expect(Timestamp(milliseconds: -1).floored(toSeconds: 10) == Timestamp(seconds: -10))
        #expect(Timestamp(milliseconds: 19_999).floored(toSeconds: 10) == Timestamp(seconds: 10))
    }

    @Test("months end on the right day, in leap years too")
    func months() throws {
        let february = try #require(CalendarMonth("2028-02"))
        #expect(february.days == 29)
        #expect(february.end == Timestamp(iso8601: "2028-03-01"))
        #expect(CalendarMonth("2100-02")?.days == 28)
        #expect(CalendarMonth(containing: Timestamp(milliseconds: -1)).description == "1969-12")
        #expect(CalendarMonth("2026-1") == nil)
        #expect(CalendarMonth("2026-00") == nil)
    }
}

@Suite struct JSONValueTests {
    @Test("text is written without the characters that a terminal would interpret, and keeps its meaning")
    func terminals() throws {
        let hostile: JSONValue = [
            "a\u{9b}2J": "\u{1b}[31m\u{7f}\u{85}\u{202e}\u{2066}\u{2028}é日😀…\u{a0}", "b": [1, "plain"],
        ]
        for text in [hostile.text(), hostile.text(indented: true)] {
            #expect(try JSONValue(parsing: text) == hostile)
            #expect(!text.unicodeScalars.contains { $0 != "\n" && $0.isUnsafeOnTerminals })
            #expect(text.contains(#"a\u009b2J"#) && text.contains(#"\u0085\u202e\u2066\u2028é日😀…"# + "\u{a0}"))
        }
    }

    @Test("members keep their order when written, and strings are escaped")
    func writing() {
        let value: JSONValue = ["b": 1, "a": [true, nil, 2.5], "c": "q\"\\\n\u{1}ü"]
        #expect(value.text() == #"{"b":1,"a":[true,null,2.5],"c":"q\"\\\n\u0001ü"}"#)
    }

    @Test("a written value is read back unchanged")
    func roundTrip() throws {
        let value: JSONValue = ["a": -5, "b": [1.25, "x", false, nil], "c": ["d": "é\u{1F600}"]]
        #expect(try JSONValue(parsing: value.text()) == value)
        #expect(try JSONValue(parsing: value.text(indented: true)) == value)
    }

    @Test(
        "a fault says where it is and what was expected",
        arguments: [
            ("{\n  \"a\": x\n}", "line 2, column 8: a value is expected, not `x`"),
            (#"{"a": 1,"#, "line 1, column 9: a key in quotes is expected, but the text ends"),
            (#"{"a": 1, "a": 2}"#, "line 1, column 10: the key `a` occurs twice in one object"),
            ("[1, 2] 3", "line 1, column 8: the text should end here, not continue with `3`"),
            (#"["\x"]"#, #"line 1, column 4: `\x` is not an escape"#),
            ("01", "line 1, column 2: the text should end here, not continue with `1`"),
            ("-", "line 1, column 2: a digit is expected, but the text ends"),
            ("\"a\u{1}\"", "line 1, column 3: a control character must be written as an escape"),
            (#""\ud800""#, "line 1, column 8: half a surrogate pair"),
            ("nul", "line 1, column 1: a value is expected, not `n`"),
            (String(repeating: "[", count: 200), "line 1, column 129: more than 128 levels"),
        ] as [(String, String)]
    )
    func faults(text: String, expected: String) {
        #expect(throws: JSONSyntaxError(description: expected)) { try JSONValue(parsing: text) }
    }

    @Test("numbers stay integers or decimals, and escapes become their characters")
    func reading() throws {
        #expect(
            try JSONValue(parsing: #" [1, -0, 2.50, 1e3, 9223372036854775808, "\u00e9\ud83d\ude00\/\n", true, null ] "#)
                == [1, 0, 2.5, 1000.0, 9_223_372_036_854_775_808.0, "é\u{1F600}/\n", true, nil]
        )
        #expect(try JSONValue(parsing: #"{"b": {}, "a": []}"#).text() == #"{"b":{},"a":[]}"#)
    }

    @Test("arithmetic with the largest and smallest numbers ends at the first and last moment, and does not overflow")
    func saturation() {
        let (first, last) = (Timestamp(milliseconds: .min), Timestamp(milliseconds: .max))
        #expect(Timestamp(seconds: .max) == last && Timestamp(seconds: .min) == first)
        #expect(last + 1 == last && first - 1 == first && first + .min == first && last - .min == last)
        #expect(last - first == .max && first - last == .min && last - last == 0)
        #expect(first.floored(toSeconds: 60) == first && last.floored(toSeconds: 60) < last)
        #expect(CalendarMonth(containing: last).end == last)
        #expect((0...23).contains(first.fields.hour) && (0...23).contains(last.fields.hour))
    }
}
