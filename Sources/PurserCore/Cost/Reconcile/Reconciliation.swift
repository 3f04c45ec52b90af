/// A month of the ledger compared with AWS's bill of it.
package struct Reconciliation: Sendable, Equatable {
    /// How much a bill and the ledger may differ without a finding.
    package struct Tolerance: Sendable, Equatable {
        /// Of the larger of the two amounts.
        package var millionths: Int64
        package var amount: Picodollars

        package static let standard = Tolerance(millionths: 10_000)

        package init(millionths: Int64, amount: Picodollars = .cent) {
            (self.millionths, self.amount) = (millionths, amount)
        }

        func allows(_ difference: Picodollars, of first: Picodollars, _ second: Picodollars) -> Bool {
            let larger = Int128(max(first.rawValue.magnitude, second.rawValue.magnitude))
            let magnitude = Int128(difference.rawValue.magnitude)
            return magnitude <= amount.rawValue || magnitude * 1_000_000 <= larger * Int128(millionths)
        }
    }

    package struct Side: Sendable, Equatable {
        /// 0 for what is charged beyond known tokens.
        package var tokens: Int128 = 0
        package var amount = Picodollars.zero

        package init(tokens: Int128 = 0, amount: Picodollars = .zero) {
            (self.tokens, self.amount) = (tokens, amount)
        }
    }

    /// Why the amounts of an SKU differ.
    package enum Cause: String, Sendable, CaseIterable {
        case quantity
        case price
        case both
    }

    package struct Row: Sendable, Equatable {
        /// `amazon.nova-lite-v1:0/standard/input-tokens`.
        package var sku: String
        /// The id without a geography or, if it is not known, the name in the bill.
        package var model: String
        package var key: ReconciledSKU
        /// The Regions that the bill names.
        package var regions: [String]
        package var billed: Side
        package var recorded: Side
        /// Nil if the two agree within the tolerance.
        package var cause: Cause?

        package var drift: Picodollars { billed.amount - recorded.amount }
    }

    /// Lines of Bedrock that are not understood.
    package struct Unknown: Sendable, Equatable {
        package var name: String
        package var reason: String
        package var lines: Int
        package var cost: Picodollars
        /// Whether it may be a part of what the ledger has.
        package var mayCountTokens: Bool
    }

    package struct Charge: Sendable, Equatable {
        package var kind: String
        package var lines: Int
        package var cost: Picodollars
    }

    package struct Principal: Sendable, Equatable {
        /// An ARN, as the bill has it.
        package var name: String
        package var lines: Int
        package var billed: Picodollars
        /// What the calls of the user with this name cost; nil if the ledger has no such user.
        package var recorded: Picodollars?
    }

    package struct File: Sendable, Equatable {
        package var path: String
        /// Of the content, uncompressed.
        package var sha256: String
        package var lines: Int

        package init(path: String, sha256: String, lines: Int) {
            (self.path, self.sha256, self.lines) = (path, sha256, lines)
        }
    }

    package enum Status: String, Sendable, CaseIterable {
        /// No bill agrees with the ledger yet.
        case estimated
        /// Every SKU of the bill and of the ledger agrees within the tolerance.
        case reconciled
    }

    package var month: CalendarMonth
    package var asOf: Timestamp
    package var tolerance: Tolerance
    package var files: [File]
    /// SKUs that the bill and the ledger have, the largest drift first.
    package internal(set) var rows: [Row] = []
    package internal(set) var unmatchedBilled: [Row] = []
    package internal(set) var unmatchedRecorded: [Row] = []
    package internal(set) var unknown: [Unknown] = []
    /// Lines of Bedrock that are not usage, such as taxes and credits.
    package internal(set) var otherCharges: [Charge] = []
    package internal(set) var principals: [Principal] = []
    /// Lines of other services.
    package internal(set) var otherServices = 0
    /// How many lines of Bedrock the files have of other months.
    package internal(set) var otherMonths: [CalendarMonth: Int] = [:]
    /// What simulated calls cost, which no bill can have.
    package internal(set) var simulated = Picodollars.zero
    /// The last day on which one of the prices was read from its source.
    package internal(set) var pricesRetrieved: Timestamp?

    package init(_ month: CalendarMonth, asOf: Timestamp, tolerance: Tolerance, files: [File]) {
        (self.month, self.asOf, self.tolerance, self.files) = (month, asOf, tolerance, files)
    }

    package var drifting: [Row] { rows.filter { $0.cause != nil } }

    /// The SKUs that only one side has, and whose amount is above the tolerance.
    package var unmatched: [Row] { (unmatchedBilled + unmatchedRecorded).filter { $0.cause != nil } }

    package var unknownTokens: [Unknown] { unknown.filter(\.mayCountTokens) }

    /// Whether something differs or could not be compared.
    package var hasFindings: Bool {
        !drifting.isEmpty || !unmatched.isEmpty || !unknownTokens.isEmpty
    }

    package var isOver: Bool { asOf >= month.end }

    package var status: Status {
        isOver && !hasFindings && !rows.isEmpty ? .reconciled : .estimated
    }

    /// All SKUs.
    package var total: (billed: Picodollars, recorded: Picodollars) {
        (rows + unmatchedBilled + unmatchedRecorded).reduce((.zero, .zero)) {
            ($0.0 + $1.billed.amount, $0.1 + $1.recorded.amount)
        }
    }

    package var drift: Picodollars { total.billed - total.recorded }

    /// What the store keeps of it; `bill` is the digest of the files.
    package func verdict(bill: String) -> ReconciliationVerdict {
        ReconciliationVerdict(
            month: month,
            time: asOf,
            status: status,
            bill: bill,
            billed: total.billed,
            recorded: total.recorded,
            skus: rows.count,
            drifting: drifting.count,
            unmatched: unmatched.count,
            unknown: unknownTokens.count,
            toleranceMillionths: tolerance.millionths,
            pricesRetrieved: pricesRetrieved
        )
    }
}

/// The result of a comparison of a month with its bill, as the store keeps it.
package struct ReconciliationVerdict: Sendable, Equatable {
    package var month: CalendarMonth
    /// As of when the ledger was read.
    package var time: Timestamp
    package var status: Reconciliation.Status
    /// The SHA-256 of the bill.
    package var bill: String
    package var billed: Picodollars
    package var recorded: Picodollars
    /// How many SKUs both have, how many of them drift, and how many only one side has.
    package var skus: Int
    package var drifting: Int
    package var unmatched: Int
    /// How many names in the bill are not understood.
    package var unknown: Int
    package var toleranceMillionths: Int64
    package var pricesRetrieved: Timestamp?

    package init(
        month: CalendarMonth,
        time: Timestamp,
        status: Reconciliation.Status,
        bill: String,
        billed: Picodollars,
        recorded: Picodollars,
        skus: Int,
        drifting: Int,
        unmatched: Int,
        unknown: Int,
        toleranceMillionths: Int64,
        pricesRetrieved: Timestamp?
    ) {
        (self.month, self.time, self.status, self.bill) = (month, time, status, bill)
        (self.billed, self.recorded, self.skus, self.drifting) = (billed, recorded, skus, drifting)
        (self.unmatched, self.unknown, self.toleranceMillionths) = (unmatched, unknown, toleranceMillionths)
        self.pricesRetrieved = pricesRetrieved
    }

    package var drift: Picodollars { billed - recorded }

    /// Whether another verdict says the same, at whatever time.
    package func isSame(as other: ReconciliationVerdict) -> Bool {
        var other = other
        other.time = time
        return self == other
    }
}
