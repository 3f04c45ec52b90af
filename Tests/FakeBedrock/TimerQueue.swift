import Glibc

/// A binary heap of connections and the times at which they continue, earliest first.
struct TimerQueue {
    struct Entry {
        var nanoseconds: UInt64
        var file: Int32
        var generation: Int
    }

    private var heap: [Entry] = []

    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// The timeout for the poller; -1 if nothing is waiting.
    var millisecondsToNext: Int32 {
        guard let first = heap.first else { return -1 }
        let now = Self.now
        return first.nanoseconds <= now ? 0 : Int32(clamping: (first.nanoseconds - now + 999_999) / 1_000_000)
    }

    mutating func add(_ file: Int32, _ generation: Int, afterMilliseconds milliseconds: Int) {
        let due = Self.now + UInt64(milliseconds) * 1_000_000
        heap.append(Entry(nanoseconds: due, file: file, generation: generation))
        var child = heap.count - 1
        while child > 0, heap[child].nanoseconds < heap[(child - 1) / 2].nanoseconds {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Removes and returns the earliest entry if it is due.
    mutating func popDue() -> Entry? {
        guard let first = heap.first, first.nanoseconds <= Self.now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            let children = [2 * parent + 1, 2 * parent + 2].filter { $0 < heap.count }
            guard let least = children.min(by: { heap[$0].nanoseconds < heap[$1].nanoseconds }),
                heap[least].nanoseconds < heap[parent].nanoseconds
            else { return first }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
