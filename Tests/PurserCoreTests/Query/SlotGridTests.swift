import PurserCore
import TestSupport
import Testing

@Suite struct SlotGridTests {
    @Test("the periods of a grid follow each other from the start of one of them")
    func periods() {
        let grid = SlotGrid(period: 300, from: Timestamp(seconds: 1007))
        #expect(grid.stride == 300)
        for (second, start) in [(1006, 707), (1007, 1007), (1306, 1007), (1307, 1307), (-1, -193)] as [(Int64, Int64)] {
            let index = grid.index(of: Timestamp(seconds: second))
            #expect(grid.start(of: index) == Timestamp(seconds: start))
            #expect(grid.start(of: index + 1) == Timestamp(seconds: start + 300))
        }
    }

    @Test("moments outside the calendar are in a piece too", arguments: [Int64.min, -1, 0, .max])
    func extremes(milliseconds: Int64) {
        let grid = SlotGrid(period: 604_800, from: Timestamp(seconds: 345_600))
        let time = Timestamp(milliseconds: milliseconds)
        // The first piece begins before the first moment that can be written.
        #expect((time - grid.start(of: grid.index(of: time))).magnitude < 604_800_000)
    }
}
