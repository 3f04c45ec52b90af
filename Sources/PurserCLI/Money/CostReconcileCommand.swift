import ArgumentParser
import Purser
import PurserCore
import PurserRender
import PurserStore

struct CostReconcileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Compares a month with AWS's bill, SKU by SKU, and keeps the verdict.",
        discussion: "Exits with 1 if something differs by more than the tolerance, or could not be compared."
    )

    @ParentCommand var report: CostCommand

    @OptionGroup var global: GlobalOptions
    @OptionGroup var drawing: DrawingOptions
    @OptionGroup var output: CostFormatOption
    @OptionGroup var period: CostPeriodOptions
    @OptionGroup var asOf: AsOfOption

    @Argument(
        help: "Files of a bill in CSV, also compressed by gzip: CUR 2.0, CUR, or FOCUS.",
        completion: .file(extensions: ["csv", "gz"])
    )
    var files: [String]

    @Option(
        name: .long,
        help: .init(
            "How much of an SKU's amount may differ, 0 to 100 with at most four decimals; $0.01 always may.",
            valueName: "percent"
        )
    )
    var tolerance = "1"

    @Option(
        name: .long,
        help: .init("Which model ids the names in the bill stand for; default: offers.csv.", valueName: "file"),
        completion: .file(extensions: ["csv"])
    )
    var map: String?

    @Flag(name: .long, help: "Store no verdict.")
    var dryRun = false

    func run() throws {
        try reporting {
            try rejectOptions()
            let session = Session(global)
            let (now, tolerance) = (asOf.time, try readTolerance())
            let month = try period.month == nil ? nil : period.calendarMonth(now)
            let prices = try session.prices()
            let offers = try OfferMap.read(map, besides: session.pricesPath)
            let progress = ProgressLine(unit: "lines read")
            let bills: BillFiles
            do {
                defer { progress.end() }
                bills = try BillFiles(files, progress: progress.show)
            }
            let store = try session.store(.existing)
            let result = try store.snapshot {
                try Reconciliation.read(
                    bills,
                    month: month,
                    asOf: now,
                    offers: offers,
                    prices: prices,
                    tolerance: tolerance,
                    from: store
                )
            }
            let previous = try store.reconciliations(result.month, limit: 1).first
            let isStored = try !dryRun && store.keep(result.verdict(bill: bills.digest))
            show(result, isStored: isStored, previous: previous, session)
            if result.hasFindings { throw Exit.violated }
        }
    }

    private func show(
        _ result: Reconciliation,
        isStored: Bool,
        previous: ReconciliationVerdict?,
        _ session: Session
    ) {
        switch output.format {
        case .json: PurserCLI.show(ReconciliationJSON.value(result, isStored: isStored, previous: previous))
        case .csv: PurserCLI.show(ReconciliationCSV.text(result), end: "")
        case .text, .focus:
            let style = drawing.style(session.environment)
            PurserCLI.show(ReconciliationText.render(result, style: style, isTableCut: drawing.cutsTables))
        }
        if dryRun {
            say("purser: the verdict was not stored (--dry-run)")
        } else if !isStored {
            say("purser: the store has this verdict already")
        }
    }

    private func rejectOptions() throws {
        try report.rejectListings(of: "reconcile")
        var given = report.split.by.map { _ in "--by" }
        if !period.filters.isEmpty { given = "--where" }
        if period.timeZone != .utc { given = "--time-zone" }
        if let given { throw UsageError("\(given) is an option of `purser cost`, which `reconcile` does not have") }
        if output.format == .focus { throw UsageError("--format takes text, json or csv here, not `focus`") }
    }

    private func readTolerance() throws -> Reconciliation.Tolerance {
        let decimals = 4
        guard let percent = FocusDecimal(tolerance), percent.decimals <= decimals, !percent.isNegative,
            let millionths = percent.rounded(to: decimals).flatMap(Int64.init(exactly:)), millionths <= 1_000_000
        else {
            throw UsageError("--tolerance takes a percentage from 0 to 100 like 0.5, not `\(tolerance)`")
        }
        return .init(millionths: millionths)
    }
}
