import PurserCore
import Testing

@Suite("the time that a frame draws")
struct DashWindowTests {
    static let start = Timestamp(year: 2026, month: 11, day: 16, hour: 18)

    private static func window(_ seconds: Int, before at: Timestamp = start + 86_400 * 3) -> DashFrame.Window {
        DashFrame.Window(from: at - seconds, to: at)
    }

    @Test(
        "a window is drawn with the finest standard period that needs at most 48 steps",
        arguments: [
            (60, 10, 6), (480, 10, 48), (481, 60, 9), (900, 60, 15), (2880, 60, 48), (2881, 300, 10),
            (3600, 300, 12), (6 * 3600, 600, 36), (86_400, 1800, 48), (2 * 86_400, 3600, 48),
            (7 * 86_400, 6 * 3600, 28),
            (30 * 86_400, 86_400, 31), (90 * 86_400, 7 * 86_400, 14),
        ]
    )
    func periods(seconds: Int, period: Int, steps: Int) {
        let window = Self.window(seconds)
        #expect(window.periodSeconds == period && window.steps == steps)
    }

    @Test("a window ends at the time that was asked for; its last step holds the complete minutes up to then")
    func partial() {
        let window = Self.window(3 * 3600, before: Self.start + 130)
        #expect(window.to == Self.start + 130 && window.dataEnd == Self.start + 120)
        #expect(window.from == Self.start - 3 * 3600 && window.steps == 37 && window.isPartial)
        #expect(window.seconds(ofStep: 36) == 120 && window.seconds(ofStep: 35) == 300)
        // Its first minute is not over, so that there is nothing to draw of the next step.
        #expect(!Self.window(3 * 3600, before: Self.start + 59).isPartial)
    }

    @Test("no step is shorter than the slots that the store has of that time")
    func finest() {
        let at = Self.start + 130
        let window = DashFrame.Window(from: at - 60, to: at, finest: 300)
        #expect(window == .init(from: Self.start - 300, to: at, periodSeconds: 300, slotSeconds: 300))
        #expect(window.now(at: at) == Self.start - 300..<Self.start && window.steps == 1)
    }

    @Test("every window is aligned, not empty, and ends with the newest complete minute", arguments: UInt64(1)...4)
    func randomWindows(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            let seconds = Int(random.next() % UInt64(400 * 86_400)) + 1
            let at = Timestamp(milliseconds: Self.start.milliseconds + Int64(random.next() % 1_000_000_000))
            let window = Self.window(seconds, before: at)
            #expect((1...DashFrame.Window.mostSteps + 1).contains(window.steps), "seed \(seed), \(seconds) s at \(at)")
            #expect(window.to == at && at - window.dataEnd < 60_000)
            #expect(window.from.floored(toSeconds: window.periodSeconds) == window.from && window.from <= at - seconds)
            let lengths = (0..<window.steps).map(window.seconds(ofStep:))
            #expect(lengths.allSatisfy { (1...window.periodSeconds).contains($0) })
            #expect(window.from + lengths.reduce(0, +) == window.dataEnd)
            let now = window.now(at: at)
            #expect(now.upperBound <= at && at - now.upperBound < 60_000 && now.upperBound - now.lowerBound <= 300_000)
        }
    }
}
