import PurserCore

/// A format of other software that a dashboard is translated to.
package enum DashboardFormat: String, Sendable, CaseIterable {
    case cloudformation
    case grafanaPrometheus = "grafana-prometheus"
    case grafanaCloudWatch = "grafana-cloudwatch"

    /// The formats, for messages.
    package static let allowed = allCases.map(\.rawValue).joined(separator: ", ")

    /// Returns a dashboard's file in this format, its faults, and what is lost; throws ``Diagnostics`` if the file is not
    /// JSON.
    ///
    /// - Parameters:
    ///   - parameters: The values of `${Name}` for Grafana, which has no such names; CloudFormation's template keeps the names.
    ///   - metrics: What the names of metrics in Prometheus depend on.
    package func text(
        of json: String,
        file: String,
        name: String,
        parameters: [String: String],
        metrics: () throws -> PrometheusRules.Metrics
    ) throws -> (text: String, faults: [String], notes: [String]) {
        let source: GrafanaDashboard.Source
        switch self {
        case .cloudformation:
            let content: JSONValue
            do {
                content = try JSONValue(parsing: json)
            } catch {
                throw Diagnostics([Diagnostic(file: file, error.description)])
            }
            let faults = DashboardBody.read(json: json, file: file, parameters: parameters).faults.map(\.description)
            return (CloudFormationDashboard(content, name: name).template.text(indented: true), faults, [])
        case .grafanaPrometheus: source = .prometheus(try metrics())
        case .grafanaCloudWatch: source = .cloudWatch
        }
        let (body, faults) = DashboardBody.read(json: json, file: file, parameters: parameters)
        guard let body else { throw Diagnostics(faults) }
        let dashboard = GrafanaDashboard(body, name: name, source: source)
        return (dashboard.model.text(indented: true), faults.map(\.description), dashboard.notes)
    }
}
