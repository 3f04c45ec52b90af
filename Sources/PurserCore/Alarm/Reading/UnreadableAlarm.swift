/// An alarm, or a whole file, that cannot be watched, and why.
package struct UnreadableAlarm: Sendable, Equatable {
    /// The file's path, with a line if it has several documents.
    package var file: String
    /// Its place in the file: `Resources.Latency`, `MetricAlarms[2]`; empty if it is the whole file.
    package var place: String
    package var faults: [Diagnostic]

    package init(file: String, place: String = "", faults: [Diagnostic]) {
        self.file = file
        self.place = place
        self.faults = faults
    }
}
