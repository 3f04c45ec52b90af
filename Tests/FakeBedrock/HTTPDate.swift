import Glibc

/// The Date header, by which clients correct their clocks.
enum HTTPDate {
    static var now: String {
        var seconds = time(nil)
        var fields = tm()
        gmtime_r(&seconds, &fields)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            // The locale is C because the program never sets another one.
            strftime(start, 64, "%a, %d %b %Y %H:%M:%S GMT", &fields)
            return String(cString: start)
        }
    }
}
