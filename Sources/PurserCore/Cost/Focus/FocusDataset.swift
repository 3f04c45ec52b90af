/// The settled calls of a calendar month (UTC) as rows of a FOCUS dataset.
package struct FocusDataset: Sendable, Equatable {
    /// The account that a bill would name.
    package struct BillingAccount: Sendable, Equatable {
        /// Twelve digits.
        package let id: String
        package let name: String

        private static let longestName = 256

        /// Reads `ID,NAME`; nil if the id is not an AWS account's twelve digits, or the name is blank, longer than 256
        /// characters or has control characters.
        package init?(_ text: String) {
            let parts = text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, parts[0].utf8.count == 12,
                parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                CallTags.isText(parts[1], longest: Self.longestName), !parts[1].allSatisfy(\.isWhitespace),
                !FocusRow.placeholders.contains(parts[1])
            else { return nil }
            (id, name) = (parts[0], parts[1])
        }
    }

    /// What the ledger's calls must be split by.
    package static let keys: [CostKey] = [.day, .team, .user, .application, .accessKey, .session, .tags]

    package let month: CalendarMonth
    package let account: BillingAccount
    /// In an order that depends on the calls alone: by day, model, tier, length, caller, source, price and kind of token.
    package let charges: [FocusCharge]
    /// Calls whose price cannot be read; their cost is in rows without tokens.
    package private(set) var unreadablePrices = 0

    /// Creates the rows of groups that are split by ``keys``, in UTC.
    ///
    /// Calls that used no tokens and cost nothing, as most that failed, have no row.
    package init(_ groups: [CostGroup], month: CalendarMonth, account: BillingAccount) {
        (self.month, self.account) = (month, account)
        var calls: [FocusCalls.Key: FocusCalls] = [:]
        // Groups of one price share its note.
        var notes: [String: FocusCharge.PriceNote] = [:]
        for group in groups {
            guard let day = group.keys[0].flatMap({ Timestamp(day: $0) }) else { continue }
            let note = group.price.map { price in notes[price.content] ?? FocusCharge.PriceNote(price) }
            if let note { notes[note.content] = note }
            if note == nil, group.ending != .entered { unreadablePrices += group.requests }
            let key = FocusCalls.Key(
                day: day,
                modelId: group.modelId,
                tier: group.tier,
                isLong: group.isLong,
                source: group.source,
                correctionOf: group.correctionOf,
                caller: Array(group.keys[1...]),
                price: note
            )
            calls[key, default: FocusCalls(key, like: group)].add(group)
        }
        charges = calls.sorted { $0.key < $1.key }.flatMap(\.value.charges)
    }
}
