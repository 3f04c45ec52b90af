import Foundation
import Purser
import PurserCore

/// Prints how often the alarms on errors, latency and refusals go off without an incident, and how soon they go off with
/// one, at several rates.
///
///     AlarmSimulation [--seed N] [--weeks N] [--incidents N] [--rates N,N...] [FILE...]
///
/// Without files it uses the shipped ones. The same arguments print the same figures.
@main
struct Main {
    static func main() async throws {
        var (seed, weeks, incidents) = (1, 50, 500)
        var rates = [14, 100, 1000, 10_000]
        var files: [(name: String, text: String)] = []
        var arguments = CommandLine.arguments.dropFirst()
        while let argument = arguments.popFirst() {
            guard argument.hasPrefix("--") else {
                files.append((argument, try String(contentsOfFile: argument, encoding: .utf8)))
                continue
            }
            let values = arguments.popFirst()?.split(separator: ",").compactMap { Int($0) } ?? []
            guard let value = values.first, values.allSatisfy({ $0 > 0 }) else { usage() }
            switch argument {
            case "--seed": seed = value
            case "--weeks": weeks = value
            case "--incidents": incidents = value
            case "--rates": rates = values
            default: usage()
            }
        }
        if files.isEmpty { files = EmbeddedFile.all(in: "alarms").map { ($0.path, $0.text) } }
        let documents = try files.filter { AlarmSet.holdsAlarms($0.name) }.map { file in
            AlarmFile(name: file.name, content: try JSONValue(parsing: file.text))
        }
        let content = AlarmSet.content(of: documents)
        if !content.unreadable.isEmpty { throw Diagnostics(content.unreadable.flatMap(\.faults)) }
        let alarms = content.alarms.filter { !Trial.incidents(of: $0).isEmpty }
        parameters(seed: seed, weeks: weeks, incidents: incidents)
        for alarm in alarms {
            for rate in rates {
                let trial = Trial(alarm: alarm, requestsPerHour: rate)
                let figures = await figures(trial, seed: UInt64(seed), weeks: weeks, incidents: incidents)
                print("| " + ([alarm.name, String(rate)] + figures.columns).joined(separator: " | ") + " |")
                fflush(nil)
            }
        }
    }

    private static func usage() -> Never {
        FileHandle.standardError.write(
            Data(
                "usage: AlarmSimulation [--seed N] [--weeks N] [--incidents N] [--rates N,N...] [FILE...], numbers from 1\n"
                    .utf8
            )
        )
        exit(64)
    }

    /// Every part has its own seeds, so the figures do not depend on the order in which the parts run.
    private static func figures(_ trial: Trial, seed: UInt64, weeks: Int, incidents: Int) async -> Figures {
        let parts = 50
        return await withTaskGroup(of: (Int, Figures).self) { group in
            for part in 0..<parts {
                group.addTask {
                    var figures = Figures()
                    for week in stride(from: part, to: weeks, by: parts) {
                        figures.weeks.append(trial.falseAlarms(seed: seed << 32 + UInt64(week)))
                    }
                    for incident in stride(from: part, to: incidents, by: parts) {
                        let own = seed << 32 + 1 << 31 + UInt64(incident)
                        if let one = trial.detection(seed: own, number: incident) { figures.detections.append(one) }
                    }
                    return (part, figures)
                }
            }
            var all: [(Int, Figures)] = []
            for await one in group { all.append(one) }
            return all.sorted { $0.0 < $1.0 }.reduce(into: Figures()) { sum, one in
                sum.weeks += one.1.weeks
                sum.detections += one.1.detections
            }
        }
    }

    private static func parameters(seed: Int, weeks: Int, incidents: Int) {
        func percent(_ share: Double) -> String { String(format: "%g %%", 100 * share) }
        print(
            """
            seed \(seed); \(weeks) weeks and \(incidents) incidents for each alarm and rate; evaluated every minute
            without an incident: \(percent(Traffic.errorShare)) of the requests fail, \(percent(Traffic.refusedShare)) are refused for \
            a reason of the caller; latency is log-normal, median \
            \(Traffic.medianSeconds) s, deviation \(String(format: "%.4f", Traffic.deviation)): 0.3 % are slower than 10 s
            error alarms' incident: \(percent(Traffic.incidentErrorShare)) fail; latency alarms': all take \
            \(Traffic.incidentSlowdown) times as long; refusal alarms', in turn: all are refused because of the quota, the \
            budget, a missing price, sign-ins that cannot be verified, or the ledger, from the first refused request on
            cost-anomaly: more requests by day, fewer at weekends; costs are log-normal (deviation \(Traffic.costDeviation)); \
            incidents, in turn: \(Int(Traffic.incidentSpendFactor)) times as many requests, or each costs that much
            cache-write-trap: a cache lives \(Int(Traffic.cacheMinutes)) minutes; incident: each request writes, none reads
            tpm-quota-80-percent: the quota is \(Int(Traffic.leastQuota)) tokens per minute, or four times the mean use; \
            incident: requests that use all of it on average
            an incident begins at a random second, and ends when it is detected or after \(Trial.longestMinutes) minutes; one \
            that finds the alarm on already is left out

            | alarm | requests an hour | false alarms a week (95 % interval) | minutes to detect: median | 90th \
            percentile | not detected within 6 h | minutes until OK: median |
            |---|---|---|---|---|---|---|
            """
        )
    }
}
