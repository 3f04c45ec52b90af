package import PurserCore

/// An export as Prometheus' text or as OpenMetrics: counts since the start of the range, as of its end.
package enum PrometheusText {
    package enum Dialect: Sendable {
        /// Prometheus' text format, without times, as node_exporter's text files and the Pushgateway require.
        case prometheus
        /// OpenMetrics 1.0, with times, `_created` and `# EOF`.
        case openMetrics
    }

    /// Returns the text: counters and histograms.
    ///
    /// A metric is a counter if `isCounter` says so or, if that is nil, if all its samples are 1. A metric's type must
    /// not change with the events in a range.
    package static func text(
        _ export: MetricExport,
        from: Timestamp,
        to: Timestamp,
        dialect: Dialect,
        isCounter: (Series) -> Bool? = { _ in nil }
    ) -> String {
        let families = Self.families(export, isCounter)
        let writer = FamilyWriter(from: from, to: to, isOpen: dialect == .openMetrics)
        var lines = families.flatMap { writer.lines($0) }
        if dialect == .openMetrics { lines.append("# EOF") }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Returns the totals of series from `from` to `to`; those of the chat service are counters if they count events.
    package static func text(
        totals: [(series: Series, distribution: Distribution)],
        from: Timestamp,
        to: Timestamp,
        dialect: Dialect
    ) -> String {
        let items = totals.map { MetricExport.Item($0.series, [Slot(start: from, distribution: $0.distribution)]) }
        let export = MetricExport(periodSeconds: Int(to - from) / 1000, items: items)
        return text(export, from: from, to: to, dialect: dialect, isCounter: ChatMetric.countsEvents)
    }

    /// The series of one metric in one unit.
    fileprivate struct Family {
        var name: String
        var metric: String
        var unit: MetricUnit
        var members: [(labels: String, total: Distribution)]

        /// Whether the metric is known to be a counter or not; nil if unknown.
        var saidCounter: Bool?

        var isCounter: Bool {
            saidCounter
                ?? members.allSatisfy {
                    $0.total.minimum == 1 && $0.total.maximum == 1
                        && $0.total.sumNanos
                            == Int128($0.total.count) * 1_000_000_000
                }
        }
    }

    private static func families(_ export: MetricExport, _ isCounter: (Series) -> Bool?) -> [Family] {
        var families: [Family] = []
        var positions: [Series: Int] = [:]
        var taken: Set<String> = []
        for item in export.items {
            var accumulator = DistributionAccumulator()
            for slot in item.slots { accumulator.add(slot.distribution) }
            let total = accumulator.distribution
            if total.isEmpty { continue }
            let metric = item.series.metric
            let identity = Series(Metric(namespace: metric.namespace, name: metric.name), unit: item.series.unit)
            if positions[identity] == nil {
                let name = familyName(identity, taken: &taken)
                positions[identity] = families.count
                families.append(
                    Family(
                        name: name,
                        metric: metric.name,
                        unit: identity.unit,
                        members: [],
                        saidCounter: isCounter(identity)
                    )
                )
            }
            guard let position = positions[identity] else { continue }
            families[position].members.append((PrometheusName.labels(metric.dimensions), total))
        }
        return families.sorted { $0.name < $1.name }
    }

    /// Returns a name that no other family has, with any suffix that a sample may have.
    private static func familyName(_ series: Series, taken: inout Set<String>) -> String {
        let suffixes = ["", "_total", "_bucket", "_count", "_sum", "_created"]
        let wanted = PrometheusName.family(series)
        var (name, number) = (wanted, 1)
        while suffixes.contains(where: { taken.contains(name + $0) }) {
            number += 1
            // The number goes before the unit, which OpenMetrics requires at the end.
            let unit = PrometheusName.unit(series.unit).map { "_" + $0 } ?? ""
            name = wanted.dropLast(wanted.hasSuffix(unit) ? unit.count : 0) + "_\(number)" + unit
        }
        taken.formUnion(suffixes.map { name + $0 })
        return name
    }
}

/// Writes the lines of one family.
private struct FamilyWriter {
    let from: Timestamp
    let to: Timestamp
    let isOpen: Bool

    func lines(_ family: PrometheusText.Family) -> [String] {
        if family.isCounter {
            // In Prometheus' own format the header lines also have the suffix in a counter's name.
            return head(family, type: "counter", isOpen ? family.name : family.name + "_total", note: "")
                + family.members.flatMap { member in
                    sample(family.name + "_total", member.labels, count(member.total))
                        + created(family, member.labels)
                }
        }
        let edges = PrometheusEdges(keys: Set(family.members.flatMap { $0.total.buckets.map(\.key) }))
        let note = edges.edges.isEmpty ? "" : " Bucket edges: native histogram schema \(edges.schema)."
        // With buckets of negative values, OpenMetrics allows no sum, and without a sum no count.
        let isSumAllowed = !isOpen || !family.members.contains { $0.total.minimum < 0 }
        return head(family, type: "histogram", family.name, note: note)
            + family.members.flatMap { member in
                buckets(family, member.labels, member.total, edges)
                    + (isSumAllowed
                        ? sample(family.name + "_count", member.labels, String(member.total.count))
                            + sample(family.name + "_sum", member.labels, "\(member.total.sum)") : [])
                    + created(family, member.labels)
            }
    }

    private func head(_ family: PrometheusText.Family, type: String, _ name: String, note: String) -> [String] {
        let help = "\(family.metric) (\(family.unit.rawValue)), \(from) to \(to).\(note)"
        let escaped = help.unicodeScalars.reduce(into: "") { out, scalar in
            out += scalar == "\\" ? "\\\\" : scalar == "\n" ? "\\n" : isOpen && scalar == "\"" ? "\\\"" : String(scalar)
        }
        let unit = isOpen ? PrometheusName.unit(family.unit).map { ["# UNIT \(name) \($0)"] } ?? [] : []
        return ["# HELP \(name) \(escaped)", "# TYPE \(name) \(type)"] + unit
    }

    /// Returns a counter's value: the sum of its samples, some of which may be 0 (no error) and some above 1 (retries).
    private func count(_ total: Distribution) -> String {
        Int(exactly: total.sum).map(String.init) ?? "\(total.sum)"
    }

    private func buckets(
        _ family: PrometheusText.Family,
        _ labels: String,
        _ total: Distribution,
        _ edges: PrometheusEdges
    ) -> [String] {
        let prefix = labels.isEmpty ? "" : labels + ","
        let name = family.name + "_bucket"
        // For samples without a histogram, only the number is known.
        let lines =
            total.hasWholeHistogram
            ? zip(edges.edges, edges.cumulative(total.buckets)).flatMap { edge, count in
                sample(name, prefix + "le=\"\(edge.value)\"", String(count))
            } : []
        return lines + sample(name, prefix + "le=\"+Inf\"", String(total.count))
    }

    private func created(_ family: PrometheusText.Family, _ labels: String) -> [String] {
        isOpen ? sample(family.name + "_created", labels, seconds(from)) : []
    }

    private func sample(_ name: String, _ labels: String, _ value: String) -> [String] {
        [name + (labels.isEmpty ? "" : "{\(labels)}") + " " + value + (isOpen ? " " + seconds(to) : "")]
    }

    private func seconds(_ time: Timestamp) -> String {
        let rest = time.milliseconds - time.seconds * 1000
        return String(time.seconds) + (rest == 0 ? "" : "." + String(rest).leftPadded(to: 3))
    }
}
