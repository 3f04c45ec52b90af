import Glibc

/// The system's figures for a process and all its descendants.
struct ProcessFigures {
    let identifier: Int
    private(set) var cpuSeconds = 0.0
    /// Resident memory now, and its maximum since each process was started.
    private(set) var residentKiB = 0
    private(set) var mostKiB = 0

    init(_ identifier: Int) {
        self.identifier = identifier
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        for process in Self.family(of: identifier) {
            // After the name in parentheses, which may contain anything.
            let text = Self.text("/proc/\(process)/stat")
            guard let end = text.lastIndex(of: ")") else { continue }
            let fields = text[text.index(after: end)...].split(separator: " ")
            // utime, stime, and those of children that have ended.
            if fields.count > 14 { cpuSeconds += fields[11...14].reduce(0) { $0 + (Double($1) ?? 0) } / ticks }
            for line in Self.text("/proc/\(process)/status").split(separator: "\n") {
                let value =
                    line.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap { Int($0) } ?? 0
                if line.hasPrefix("VmRSS:") { residentKiB += value }
                if line.hasPrefix("VmHWM:") { mostKiB += value }
            }
        }
    }

    func json(since before: ProcessFigures) -> String {
        "{\"pid\":\(identifier),\"cpuSeconds\":\(((cpuSeconds - before.cpuSeconds) * 1000).rounded() / 1000),"
            + "\"residentKiB\":\(residentKiB),\"mostKiB\":\(mostKiB)}"
    }

    private static func family(of identifier: Int) -> [Int] {
        let tasks = "/proc/\(identifier)/task"
        guard let folder = opendir(tasks) else { return [] }
        defer { closedir(folder) }
        var found = [identifier]
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            for child in text("\(tasks)/\(name)/children").split(separator: " ") {
                if let child = Int(child) { found += family(of: child) }
            }
        }
        return found
    }

    private static func text(_ path: String) -> String {
        let file = open(path, O_RDONLY)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 16384)
        let count = read(file, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }
}
