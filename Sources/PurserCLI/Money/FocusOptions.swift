import ArgumentParser
import Purser
import PurserCore
import PurserRender

/// The options of `purser cost` that are for `--format focus` alone.
struct FocusOptions: ParsableArguments {
    private static let supportedVersion = "1.2"
    private static let format = CostCommand.Format.focus

    @Option(name: .long, help: "The version of FOCUS: \(Self.supportedVersion), which is the default.")
    var focusVersion: String?

    @Option(
        name: .long,
        help: .init(
            "The account that the bill names, for --format focus: 111122223333,Example.",
            valueName: "id,name"
        )
    )
    var billingAccount: String?

    @Flag(name: .long, help: "Check the rows of --format focus against the rules of FOCUS, and print only the verdict.")
    var selfCheck = false

    /// The first of these options that is given.
    var firstGiven: String? {
        if selfCheck { return "--self-check" }
        return [("--focus-version", focusVersion), ("--billing-account", billingAccount)].first { $0.1 != nil }?.0
    }

    /// Returns the billing account if the command's format is FOCUS, otherwise nil; rejects options that do not go
    /// together.
    func account(of command: CostCommand) throws -> FocusDataset.BillingAccount? {
        guard command.output.format == Self.format else {
            if let firstGiven { throw UsageError("\(firstGiven) is for --format \(Self.format)") }
            return nil
        }
        guard focusVersion ?? Self.supportedVersion == Self.supportedVersion else {
            throw UsageError("--focus-version \(focusVersion ?? "") is not supported; only \(Self.supportedVersion) is")
        }
        if command.split.by != nil {
            throw UsageError("--by cannot be used with --format \(Self.format), whose rows are split by every key")
        }
        guard command.period.timeZone == .utc else {
            throw UsageError("--time-zone cannot be used with --format \(Self.format), whose days are UTC's")
        }
        guard let billingAccount else {
            throw UsageError("--format \(Self.format) needs --billing-account ID,NAME: the account that the bill names")
        }
        guard let account = FocusDataset.BillingAccount(billingAccount) else {
            throw UsageError(
                "--billing-account takes an AWS account's 12 digits and its name, like 111122223333,Example, not `\(billingAccount)`"
            )
        }
        return account
    }

    /// Writes the dataset, or the verdict on it, and says on stderr what no row has.
    func report(_ dataset: FocusDataset, _ context: FocusDataset.Context) throws {
        if !selfCheck {
            show(file: FocusCSV.header)
            let csv = FocusCSV(dataset)
            for start in stride(from: 0, to: dataset.charges.count, by: Self.rowsAtOnce) {
                let end = min(start + Self.rowsAtOnce, dataset.charges.count)
                show(file: dataset.charges[start..<end].map(csv.line).joined())
            }
        }
        sayWhatIsMissing(dataset, context)
        guard selfCheck else { return }
        let verdict = FocusCheck.verdict(of: FocusCSV.text(dataset), total: context.total)
        show(plain: FocusVerdictText.text(verdict))
        if !verdict.isValid { throw Exit.violated }
    }

    private static let rowsAtOnce = 1000

    private func sayWhatIsMissing(_ dataset: FocusDataset, _ context: FocusDataset.Context) {
        if let unpriced = context.unpricedRequests, unpriced > 0 {
            say("purser: \(unpriced.counted("request")) refused because the model has no price: in no row")
        }
        if context.openRequests > 0 {
            let open = context.openRequests.counted("call")
            say("purser: \(open) not settled yet, \(context.held.inDollars) held: in no row")
        }
        if dataset.unreadablePrices > 0 {
            let calls = dataset.unreadablePrices.counted("call")
            say("purser: the stored price of \(calls) cannot be read: the rows have the cost, but no tokens")
        }
    }
}
