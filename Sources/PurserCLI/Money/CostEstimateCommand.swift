import ArgumentParser
import ChatService
import Purser
import PurserAWS
import PurserCore
import PurserRender

struct CostEstimateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "estimate",
        abstract: "Computes the monthly bill of a plan: the model, and the services around it.",
        discussion: """
            The defaults are the reference design's. The quantities and prices of the services are in services.csv beside \
            the price file, or the shipped ones.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var drawing: DrawingOptions
    @OptionGroup var output: CostFormatOption
    @OptionGroup var asOf: AsOfOption
    @ParentCommand var report: CostCommand

    @Option(name: .long, help: "Requests a day that arrive.")
    var requestsPerDay = CostPlan().requestsPerDay

    @Option(name: .long, help: "Plain input tokens of a request, on average.")
    var inputTokens = CostPlan().inputTokens

    @Option(name: .long, help: "Output tokens of a request, on average.")
    var outputTokens = CostPlan().outputTokens

    @Option(name: .long, help: "Input tokens of a request that are read from a cache, on average.")
    var cacheReadTokens = CostPlan().cacheReadTokens

    @Option(
        name: .long,
        help: .init("The model, exactly as called; default: PURSERD_MODEL_ID.", valueName: "id"),
        completion: NameCompletion.models
    )
    var model: String?

    @Option(name: .long, help: "The service tier.")
    var tier = ServiceTier.standard

    @Option(name: .long, help: "Days of the month.")
    var days = CostPlan().days

    @Option(
        name: .long,
        help: .init("Requests that the quota lets through; default: PURSERD_QUOTA.", valueName: "count")
    )
    var quota: Int?

    @Option(name: .long, help: "Users who sign in during the month.")
    var users = CostPlan().users

    @Option(
        name: .customLong("with"),
        help: .init(
            "Include an optional line of services.csv, such as gateway-cache; may be repeated.",
            valueName: "name"
        )
    )
    var options: [String] = []

    @Flag(name: .long, help: "Charge what AWS grants every account without charge.")
    var noFreeTier = false

    @Option(
        name: .long,
        help: .init("The prices and quantities of the services.", valueName: "file"),
        completion: .file(extensions: ["csv"])
    )
    var services: String?

    func run() throws {
        try reporting {
            try report.rejectOptions(of: "estimate")
            let session = Session(global)
            let format = try output.ofPlan()
            let plan = try plan(session)
            let services = try ServicePriceList.read(services, besides: session.pricesPath)
            for option in options where !services.options.contains(option) {
                let allowed = services.options.isEmpty ? "nothing" : services.options.joined(separator: ", ")
                throw UsageError("--with takes \(allowed), not `\(option)`")
            }
            let price = try session.price(of: modelId(session), option: "--model", at: asOf.time)
            let estimate: CostEstimate
            do {
                estimate = try CostEstimate(plan, at: price, services, asOf: asOf.time)
            } catch PriceError.unknownTier {
                let tiers = [ServiceTier.standard] + ServiceTier.allCases.filter { price.tiers[$0] != nil }
                let allowed = tiers.map(\.rawValue).joined(separator: ", ")
                throw UsageError(
                    "--tier: \(price.modelId) has no price for `\(tier.rawValue)`; it has one for \(allowed)"
                )
            }
            for name in estimate.unpriced {
                say("purser: \(name): no row of the services applies on \(asOf.time.date), so it is not in the bill")
            }
            switch format {
            case .json: show(CostEstimateJSON.value(estimate))
            case .text: show(CostEstimateText.render(estimate, style: drawing.style(session.environment)))
            }
        }
    }

    private func modelId(_ session: Session) throws -> String {
        try model ?? session.chatConfiguration().modelId
    }

    private func plan(_ session: Session) throws -> CostPlan {
        func checked(_ value: Int, _ flag: String, _ allowed: ClosedRange<Int>) throws -> Int {
            guard allowed.contains(value) else {
                throw UsageError(
                    "\(flag) takes a number from \(allowed.lowerBound) to \(allowed.upperBound), not \(value)"
                )
            }
            return value
        }
        let tokens = 0...10_000_000
        var plan = CostPlan()
        plan.requestsPerDay = try checked(requestsPerDay, "--requests-per-day", 1...1_000_000_000)
        plan.days = try checked(days, "--days", 1...31)
        plan.inputTokens = try checked(inputTokens, "--input-tokens", tokens)
        plan.outputTokens = try checked(outputTokens, "--output-tokens", tokens)
        plan.cacheReadTokens = try checked(cacheReadTokens, "--cache-read-tokens", tokens)
        plan.users = try checked(users, "--users", 0...1_000_000_000)
        plan.quota = try quota.map { try checked($0, "--quota", 1...Int.max) } ?? session.chatConfiguration().quota
        plan.tier = tier
        plan.countsFreeTier = !noFreeTier
        plan.options = Set(options)
        return plan
    }
}

extension ServiceTier: ExpressibleByArgument {}

extension Session {
    /// Returns the price of a model that an option names; without one, the usage error names models that resemble it.
    func price(of modelId: String, option: String, at time: Timestamp) throws -> Price {
        let catalog = try prices()
        let region = AWSRegion.named(in: environment)
        if let price = catalog.price(for: modelId, at: time, region: region) { return price }
        let unpriced = catalog.unpriced(modelId, at: time, region: region)
        let similar = catalog.similar(to: unpriced)
        let advice = similar.isEmpty ? "" : " (similar: \(similar.joined(separator: ", ")))"
        throw UsageError("\(option): \(unpriced)\(advice)")
    }
}
