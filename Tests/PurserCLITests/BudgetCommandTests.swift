import PurserCore
import PurserStore
import TestSupport
import Testing

@Suite(.blocking, .startsPrograms) struct BudgetCommandTests {
    private static let at = ["--at", "2026-11-16T19:00:00Z"]

    /// A store with a live call of the team `support` in November.
    private static let november = PreparedFolder { folder in
        let store = try folder.store()
        let time = Timestamp(year: 2026, month: 11, day: 16, hour: 18)
        let price = try #require(try TestPrices.catalog().price(for: "us.amazon.nova-lite-v1:0", at: time))
        let cost = Picodollars(24_468_000_000)
        let reservation = Reservation(
            requestId: "1",
            time: time,
            caller: Caller(team: "support"),
            modelId: price.modelId,
            correlationId: nil,
            price: price,
            hold: cost,
            limit: nil,
            quota: nil
        )
        try #require(try store.reserve(reservation).isReserved)
        let settlement = Settlement(
            requestId: "1",
            time: time + 2,
            outcome: "success",
            usage: TokenUsage(input: 10, output: 20),
            isEstimated: false,
            latencyMilliseconds: 2000,
            retries: 0,
            cost: cost
        )
        try #require(try store.settle(settlement).isSettled)
    }

    /// A copy of that store.
    private static func store(_ folder: TemporaryFolder) throws -> PurserProgram {
        try november.copy(to: folder)
        return PurserProgram(store: folder.path("purser.db"))
    }

    private static func json(_ purser: PurserProgram, _ arguments: [String]) throws -> JSONValue {
        let result = try purser.run(["budget"] + arguments + at + ["--format", "json"])
        #expect(result.status == 0, "\(result)")
        return try JSONValue(parsing: result.output)
    }

    @Test("a budget is set, shown with the month's spending, changed and removed; the budget of all calls is the first")
    func life() throws {
        let folder = try TemporaryFolder()
        let purser = try Self.store(folder)
        let cost = try JSONValue(parsing: try purser.run(["cost", "--month", "2026-11", "--format", "json"]).output)
        let spent = try #require(cost["total"]?.string)

        var shown = try Self.json(purser, [])
        #expect(shown["schema"] == "purser.budget-show/1" && shown["month"] == "2026-11" && shown["currency"] == "USD")
        #expect(shown["resetsAt"] == "2026-12-01T00:00:00Z" && shown["budgets"]?.array?.count == 1)
        let whole = try #require(shown["budgets"]?.array?.first)
        #expect(whole["scope"] == "all" && whole["source"] == "environment" && whole["limit"] == "25.000000000000")
        #expect(whole["spent"]?.string == spent && whole["held"] == "0.000000000000")

        let set = try Self.json(purser, ["set", "12.5", "--team", "support"])
        #expect(set["schema"] == "purser.budget-set/1" && set["before"] == .null)
        #expect(set["budget"]?["limit"] == "12.500000000000" && set["budget"]?["spent"]?.string == spent)
        let raised = try Self.json(purser, ["set", "--team", "support", "20"])
        #expect(raised["before"] == "12.500000000000" && raised["budget"]?["source"] == "store")
        _ = try Self.json(purser, ["set", "30"])

        shown = try Self.json(purser, ["show"])
        let lines = shown["budgets"]?.array ?? []
        #expect(lines.map { $0["scope"]?.string } == ["all", "team"] && lines.last?["name"] == "support")
        #expect(lines.first?["limit"] == "30.000000000000" && lines.first?["source"] == "store")
        let remaining = try #require(Picodollars(dollars: "20")) - (try #require(Picodollars(dollars: spent)))
        #expect(lines.last?["remaining"]?.string == remaining.description)

        let removed = try Self.json(purser, ["set", "--team", "support", "none"])
        #expect(removed["before"] == "20.000000000000" && removed["budget"]?["limit"] == .null)
        #expect(try Self.json(purser, [])["budgets"]?.array?.count == 1)
        #expect(try purser.run("doctor").status == 0)
    }

    @Test("a simulation is shown beside what is spent, as JSON and in a note, and uses up nothing of a budget")
    func simulated() throws {
        let folder = try TemporaryFolder()
        try TestTrace.write(rows: 20, to: folder.path("t.csv"))
        let purser = PurserProgram(store: folder.path("purser.db"))
        #expect(try purser.run("replay", folder.path("t.csv"), "--team", "support", "--no-limits").status == 0)
        let cost = try JSONValue(parsing: try purser.run(["cost", "--month", "2026-11", "--format", "json"]).output)
        _ = try Self.json(purser, ["set", "--team", "support", "20"])
        for line in try Self.json(purser, [])["budgets"]?.array ?? [] {
            #expect(line["spent"] == "0.000000000000" && line["remaining"] == line["limit"])
            #expect(line["simulated"] == cost["total"] && line["imported"] == "0.000000000000")
        }
        #expect(cost["simulated"] == cost["total"] && cost["total"] != "0.000000000000")
        #expect(try purser.run(["budget"] + Self.at).errors.contains("using up no budget: "))
        #expect(try purser.run(["cost"] + Self.at).output.contains("Not live: all of it simulated."))
        #expect(try purser.run(["dash"] + Self.at).output.contains("all of it simulated"))
    }

    @Test("the text has a line for each budget, with every decimal of its limit, and reports that budget.json differs")
    func text() throws {
        let folder = try TemporaryFolder()
        let purser = try Self.store(folder)
        let set = try purser.run(["budget", "set", "--user", "ann", "0.004"] + Self.at)
        #expect(set.status == 0 && set.output == "budget of user ann: 0.004, previously none\n")
        #expect(set.errors.contains("the ledger has no calls of this user yet"))
        #expect(
            try purser.run(["budget", "set", "26"] + Self.at).output.contains(
                "26.00, previously 25.00 by PURSERD_BUDGET_USD"
            )
        )
        let show = try purser.run(["budget"] + Self.at)
        let lines = show.output.split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        #expect(show.status == 0 && lines.count == 2)
        #expect(lines[0].prefix(4) == ["all calls", "", "month", "26.00"] && lines[0].last == "the store")
        #expect(lines[1].prefix(7) == ["user", "ann", "month", "0.004", "0.00", "0.00", "0.004"])
        for errors in [
            show.errors, try purser.run(["dash"] + Self.at).errors, try purser.run(["cost"] + Self.at).errors,
        ] {
            #expect(errors.contains("budget.json notifies at $25.00 a month, but calls are refused at $26.00"))
        }
    }

    @Test("a budget below the amount already spent is set, and a message explains the effect")
    func belowSpent() throws {
        let folder = try TemporaryFolder()
        let purser = try Self.store(folder)
        let set = try purser.run(["budget", "set", "--team", "support", "0.000001"] + Self.at)
        #expect(set.status == 0 && set.errors.contains("every call that counts against it is refused until"))
        #expect(try Self.json(purser, [])["budgets"]?.array?.last?["remaining"] == "0.000000000000")
        let store = try Store(path: folder.path("purser.db"), .existing)
        #expect(try store.health().faults == [])
    }

    @Test(
        "incorrect usage changes nothing, and the error says what is allowed",
        arguments: [
            (["set", "5 dollars"], "an amount in dollars like 25 or 12.50, or none"),
            (["set", "1e3"], "an amount in dollars"),
            (["set", "--", "-1"], "an amount in dollars"),
            (["set", "--team", "a", "--user", "b", "5"], "one of --team, --user, --key"),
            (["set", "--team", "", "5"], "is empty"),
            (["set", "--team", String(repeating: "x", count: 257), "5"], "takes a name"),
            (["set", "--each", "model", "5"], "--each takes one of team, user, key, application, session"),
            (["set", "--each", "team", "--team", "a", "5"], "give one of"),
            (["set", "--requests", "many"], "--requests takes a whole number"),
            (["set", "--requests", "-5"], "--requests"),
            (["set", "--window", "year", "5"], "hour"),
            (["set", "--time-zone", "Mars/Olympus", "5"], "Europe/London"),
            (["set"], "give an amount in dollars like 25"),
            (["set", "--time-zone", "Europe/Berlin", "--window", "day"], "there is no such budget yet"),
            (["remove", "--window", "day"], "there is no budget of all calls for a day"),
            (["set", "--key", "PSRAAAAAAAAAAAAAAAAA", "5"], "there is no access key PSRAAAAAAAAAAAAAAAAA"),
        ]
    )
    func wrongUsage(arguments: [String], message: String) throws {
        let folder = try TemporaryFolder()
        let purser = PurserProgram(store: folder.path("purser.db"))
        _ = try folder.store()
        let result = try purser.run(["budget"] + arguments)
        #expect(result.status == 64 && result.errors.contains(message), "\(result)")
        #expect(try Self.json(purser, [])["budgets"]?.array?.first?["source"] == "environment")
    }

    @Test("what is not given stays as it is, windows are budgets of their own, and one is removed alone")
    func parts() throws {
        let folder = try TemporaryFolder()
        let purser = try Self.store(folder)
        let day = ["set", "--team", "support", "--window", "day"]
        _ = try Self.json(purser, day + ["3", "--time-zone", "Europe/Berlin"])
        let set = try Self.json(purser, day + ["--requests", "500"])["budget"]
        #expect(set?["limit"] == "3.000000000000" && set?["requestLimit"] == 500 && set?["timeZone"] == "Europe/Berlin")
        #expect(set?["from"] == "2026-11-15T23:00:00Z" && set?["resetsAt"] == "2026-11-16T23:00:00Z")
        #expect(set?["requests"] == 1 && set?["spent"] == "0.024468000000")
        let again = try purser.run(["budget"] + day + ["4"] + Self.at)
        #expect(
            again.output
                == "budget of team support for a day: 4.00 and 500 requests in Europe/Berlin, "
                + "previously 3.00 and 500 requests in Europe/Berlin\n"
        )
        _ = try Self.json(purser, ["set", "--each", "team", "--window", "hour", "1"])
        // The quota of the environment is not stored with the amount.
        _ = try Self.json(purser, ["set", "30"])
        _ = try Self.json(purser, ["set", "31"])
        let list = try purser.run("budget", "list", "--format", "json")
        let budgets = try JSONValue(parsing: list.output)["budgets"]?.array ?? []
        #expect(budgets.map { $0["scope"]?.string } == ["all", "team", "team"])
        #expect(budgets.map { $0["each"] } == [false, true, false] && budgets.first?["requestLimit"] == .null)
        let removed = try purser.run(["budget", "remove", "--team", "support", "--window", "day"] + Self.at)
        #expect(removed.output == "budget of team support for a day: removed; it was 4.00 and 500 requests\n")
        #expect(try purser.run("budget", "list").output.split(separator: "\n").count == 2)
        // A quota that is removed takes the budget with it.
        _ = try Self.json(purser, ["set", "--each", "team", "--window", "hour", "none"])
        #expect(try purser.run("budget", "list").output.split(separator: "\n").count == 1)
        #expect(try purser.run("doctor").status == 0)
    }

    @Test("a budget that is used up says until when, and whose calls are refused")
    func usedUp() throws {
        let folder = try TemporaryFolder()
        let purser = try Self.store(folder)
        let hour = ["budget", "set", "--window", "hour", "--at", "2026-11-16T18:30:00Z"]
        let team = try purser.run(hour + ["--each", "team", "0.01"])
        #expect(
            team.errors.contains("every call of support that counts against it is refused until 2026-11-16T19:00:00Z")
        )
        #expect(try purser.run(hour + ["--requests", "1"]).errors.contains("none of it is left"))
        let show = try purser.run("budget", "--at", "2026-11-16T18:30:00Z")
        #expect(show.output.contains("each team\tmost: support\thour\t0.01\t0.02\t"), "\(show.output)")
        #expect(show.output.contains("\t1 of 1\t"), "\(show.output)")
    }

    @Test("a missing store is reported")
    func noStore() throws {
        let folder = try TemporaryFolder()
        let result = try PurserProgram(store: folder.path("none.db")).run("budget")
        #expect(result.status == 3 && result.errors.contains("none.db"), "\(result)")
    }
}
