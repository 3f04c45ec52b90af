import Foundation
import TestSupport
import Testing

/// Covers a day with PURSER_LONG_TESTS=1, and three hours otherwise.
@Suite(.blocking, .startsPrograms) struct TwoCronsLongTests {
    @Test("with two cron jobs a minute for a day, every change is stored once and every message is sent once")
    func twoCrons() throws {
        let minutes = TestScope.isLong ? 1440 : 180
        let alone = try UndisturbedAlarms(minutes: minutes)
        #expect(alone.transitions.count > minutes / 5)
        let bench = try AlarmBench(minutes: minutes)
        let crons = try (0..<2).map { _ in try bench.program([]).start() }
        for minute in 0..<minutes {
            let line = Data("\(minute)\n".utf8)
            for cron in crons { try cron.input.fileHandleForWriting.write(contentsOf: line) }
            // Cron would start the next two long after these have ended.
            for cron in crons { #expect(cron.awaitLine() == "minute \(minute)") }
        }
        for cron in crons { _ = try cron.end() }
        #expect(try alone.check(bench.left, "two crons") == 0)
    }
}
