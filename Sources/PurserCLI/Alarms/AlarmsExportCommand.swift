import ArgumentParser
import Purser
import PurserCore
import PurserRender
import PurserStore

extension AlarmsCommand {
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes alarms as CloudFormation, as input for put-metric-alarm, or as Prometheus rules.",
            discussion:
                "Whatever a format cannot express is reported on stderr, and as a comment in formats that have comments."
        )

        enum Format: String, ExpressibleByArgument, CaseIterable {
            case cloudformation
            case putMetricAlarm = "put-metric-alarm"
            case prometheusRules = "prometheus-rules"
        }

        @OptionGroup var global: GlobalOptions

        @Argument(help: "Only these alarms.", completion: NameCompletion.alarms)
        var names: [String] = []

        @Option(name: .long, help: "cloudformation, put-metric-alarm or prometheus-rules.")
        var to: Format

        func run() throws {
            try reporting {
                let session = Session(global)
                let rules = try session.rules()
                let alarms = try selected(rules, session)
                switch to {
                case .cloudformation: try showTemplate(alarms)
                case .putMetricAlarm: try showInputs(alarms)
                case .prometheusRules: try showRules(alarms, session)
                }
                try rules.requireReadable()
            }
        }

        private func selected(_ rules: AlarmRules, _ session: Session) throws -> [AlarmDefinition] {
            for name in names { _ = try session.alarm(name, in: rules) }
            return names.isEmpty ? rules.alarms : rules.alarms.filter { names.contains($0.name) }
        }

        private func showTemplate(_ alarms: [AlarmDefinition]) throws {
            if alarms.count > CloudFormationExport.mostResources {
                say("purser: CloudFormation allows \(CloudFormationExport.mostResources) resources; name fewer alarms")
            }
            let exported = Set(alarms.map(\.name))
            for alarm in alarms {
                let missing = alarm.alarmReferences.filter { !exported.contains($0) }
                if missing.isEmpty { continue }
                say(
                    "purser: \(alarm.name) needs alarms that are not in the template: \(missing.joined(separator: ", "))"
                )
            }
            show(try CloudFormationExport.template(alarms).text(indented: true))
        }

        private func showInputs(_ alarms: [AlarmDefinition]) throws {
            for alarm in alarms {
                if case .composite = alarm.rule { say("purser: \(alarm.name) is input for put-composite-alarm") }
                if !alarm.missingParameters.isEmpty {
                    let names = alarm.missingParameters.map { "${\($0)}" }.joined(separator: ", ")
                    say(
                        "purser: \(alarm.name) needs a value, without which CloudWatch watches something else: \(names)"
                    )
                }
                if !alarm.unfilledActions.isEmpty {
                    let actions = alarm.unfilledActions.joined(separator: ", ")
                    say("purser: \(alarm.name) has actions without a value, which CloudWatch refuses: \(actions)")
                }
            }
            if alarms.isEmpty { return }
            show(try PutMetricAlarmLines.text(alarms, isIndented: names.count == 1))
        }

        private func showRules(_ alarms: [AlarmDefinition], _ session: Session) throws {
            let rules = PrometheusRules(alarms, metrics: try session.prometheusMetrics())
            for note in rules.leftOut { say("purser: not exported: \(note)") }
            for note in rules.differences { say("purser: \(note)") }
            show(rules.text)
            if !rules.leftOut.isEmpty { say("purser: \(rules.summary)") }
            if rules.count == 0, !alarms.isEmpty { throw Exit.failed }
        }
    }
}
