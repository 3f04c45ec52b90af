import Foundation
import Purser
import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import PurserServer

private enum Browser {
    static let path = ["/usr/bin/chromium", "/usr/bin/google-chrome"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
}

/// The dashboard in a real browser.
@Suite(
    .blocking,
    .needsPeers,
    .enabled(if: Browser.path != nil, "needs Chromium, Debian's package chromium")
)
struct BrowserTests {
    @Test(
        "the page runs under its policy, is accessible in every scheme, fits 320 pixels, equals the JSON, and follows the store"
    )
    func page() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("purser.db")
        let store = try Store(path: path, .creating)
        let now = Timestamp.now
        let hostile = "<img src=x onerror=alert(1)>\u{202e}'\"&"
        var points: [Flush.Point] = []
        for (name, unit, value) in [
            ("Invocations", MetricUnit.count, 1.0), ("Errors", .count, 0.125), ("Latency", .seconds, 2.5),
            (hostile, .bytes, 3),
        ] {
            let metric = Metric(namespace: name == hostile ? hostile : "ChatService", name: name)
            for minute in 1...120 {
                let slot = Slot(
                    start: (now - minute * 60).floored(toSeconds: Slot.seconds),
                    distribution: try #require(Distribution(value: value, count: 8 + minute % 5))
                )
                points.append(Flush.Point(series: Series(metric, unit: unit), slot: slot))
            }
        }
        _ = try store.record(Flush(writer: "test", sequence: 1, points: points))
        try store.add(TimeMark(time: now - 3000, text: hostile))
        let server = try PurserdProcess.embedded(store: path)
        let result = try PeerProcess.shared("browser.py").ask([
            "url": .string("http://127.0.0.1:\(server.portNumber)"),
            "chromium": .string(try #require(Browser.path)),
            "change": [.string(PurserProgram.path), "--store", .string(path), "mark"],
        ])
        #expect(result["faults"] == [])
        #expect(server.stop() == 0)
    }
}
