import ArgumentParser
import ChatService
import Purser
import PurserCore
import PurserRender
import PurserStore

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Checks the store, the alarm files and the prices."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let session = Session(global)
            let store = try session.store(.existing)
            let report = DoctorReport(
                store: store.path,
                health: try store.health(),
                evaluated: try store.lastEvaluation(),
                retention: try store.retention().metrics,
                overdue: try store.overdueHolds(before: .now - DoctorReport.overdueSeconds),
                restorations: try store.restorations(),
                otherFaults: try store.mendDays(now: .now) + Self.alarmFaults(session)
                    + Self.faults { _ = try session.prices() }
                    + Self.faults { _ = try ChatConfiguration(environment: session.environment) }
            )
            output.show(StoreJSON.doctor(report)) { show(plain: StoreText.doctor(report)) }
            if !report.faults.isEmpty { throw Exit.failed }
        }
    }

    private static func alarmFaults(_ session: Session) throws -> [String] {
        do {
            let rules = try session.alarmFolder().rules()
            rules.warnings.forEach { say("purser: \($0)") }
            return rules.notWatched.flatMap(\.lines)
        } catch let error as FileError {
            return ["\(error)"]
        }
    }

    private static func faults(_ check: () throws -> Void) -> [String] {
        do {
            try check()
            return []
        } catch let error as Diagnostics {
            return error.all.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }
}
