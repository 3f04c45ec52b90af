import ChatService
import Foundation
import PurserCore
import TestSupport
import Testing

@testable import PurserServer

@Suite struct SettingsTests {
    struct NoFile: Error {}

    /// Returns the command that purserd reads; `PURSERD_AUTH` is `none`, so that no setting is required.
    private func read(
        _ arguments: [String],
        environment: [String: String] = [:],
        file: String? = nil,
        parameters: [String: String] = [:]
    ) throws -> SettingsCommand {
        try SettingsCommand(
            arguments,
            environment: ["PURSERD_AUTH": "none"].merging(environment) { $1 },
            readFile: { path in
                guard path == "purserd.conf", let file else { throw NoFile() }
                return file
            },
            fetch: { names, _ in parameters.filter { names.contains($0.key) } }
        )
    }

    private func values(
        _ arguments: [String],
        environment: [String: String] = [:],
        file: String? = nil,
        parameters: [String: String] = [:]
    ) throws -> [String: String] {
        let command = try read(arguments, environment: environment, file: file, parameters: parameters)
        guard case .run(let values) = command else { throw NoFile() }
        return values.values
    }

    private func faults(
        _ arguments: [String],
        environment: [String: String] = [:],
        file: String? = nil,
        parameters: [String: String] = [:]
    ) -> [String] {
        do {
            _ = try read(arguments, environment: environment, file: file, parameters: parameters)
            return []
        } catch {
            return (error as? Diagnostics)?.all.map(\.description) ?? ["\(error)"]
        }
    }

    @Test("a flag overrides the environment, which overrides the file; an empty value means the default")
    func precedence() throws {
        let file = """
            # Limits\r
            PURSERD_QUOTA= 3\r

            PURSERD_SYSTEM_PROMPT="Answer, in short = words. "
            PURSERD_MODEL_ID='m'
            PURSERD_CACHE_SECONDS=5
            """
        let environment = ["PURSERD_QUOTA": "2", "PURSERD_RATE_BURST": "7", "PATH": "/bin", "PURSER_PING": "x"]
        let command = try read(
            ["--config", "purserd.conf", "--quota=1", "--cache-seconds=", "--store", "a=b.db"],
            environment: environment,
            file: file
        )
        guard case .run(let values) = command else {
            Issue.record("\(command)")
            return
        }
        #expect(
            values.values == [
                "PURSERD_CONFIG": "purserd.conf", "PURSERD_QUOTA": "1", "PURSERD_RATE_BURST": "7",
                "PURSER_STORE": "a=b.db", "PURSERD_MODEL_ID": "m", "PURSERD_AUTH": "none",
                "PURSERD_SYSTEM_PROMPT": "Answer, in short = words. ",
            ]
        )
        #expect(values.origins["PURSERD_QUOTA"] == .flag("--quota"))
        #expect(values.origins["PURSERD_RATE_BURST"] == .environment)
        #expect(values.origins["PURSERD_MODEL_ID"] == .file("purserd.conf:5"))
        #expect(values.environment["PATH"] == "/bin" && values.environment["PURSERD_QUOTA"] == "1")
        #expect(values.lines.contains("PURSERD_MODEL_ID=m (purserd.conf:5)"))
        let taken = try read(["--aws-region="], environment: ["AWS_REGION": "eu-west-1"])
        guard case .run(let without) = taken else { throw NoFile() }
        #expect(without.environment["AWS_REGION"] == nil)
    }

    @Test("a prompt may begin with a dash and contain commas, quotes and line breaks")
    func texts() throws {
        for text in ["Answer, please", "--- a list", "- a", "\"quoted\"", "a\nb", "é, ü"] {
            #expect(try values(["--system-prompt=\(text)"])["PURSERD_SYSTEM_PROMPT"] == text)
        }
        #expect(try values(["--system-prompt", "a, b"])["PURSERD_SYSTEM_PROMPT"] == "a, b")
    }

    @Test("help, version and check are distinguished")
    func commands() throws {
        #expect(try read(["--quota", "x", "--help"]) == .help(Settings.help))
        #expect(try read(["-h"]) == .help(Settings.help))
        #expect(try read(["--version"]) == .version)
        #expect(!faults(["--version", "--quota", "1"]).isEmpty)
        guard case .check(let values) = try read(["--quota", "1", "--check"]) else {
            Issue.record("no check")
            return
        }
        #expect(values.values["PURSERD_QUOTA"] == "1")
    }

    @Test("an unknown name is an error that suggests a similar one, in every source")
    func unknownNames() {
        #expect(faults(["--qouta", "5"]) == ["--qouta: no such flag; did you mean --quota?"])
        #expect(faults(["--zzzzzzzzzz"]) == ["--zzzzzzzzzz: no such flag"])
        #expect(
            faults([], environment: ["PURSERD_BUGDET_USD": "5"])
                == ["environment: PURSERD_BUGDET_USD: no such setting; did you mean PURSERD_BUDGET_USD?"]
        )
        #expect(
            faults([], environment: ["PURSERD_STORE": "x"])
                == ["environment: PURSERD_STORE: no such setting; did you mean PURSER_STORE?"]
        )
        #expect(
            faults(["--config=purserd.conf"], file: "\nPURSERD_QOUTA=1\nAWS_SECRET_ACCESS_KEY=x\nPURSERD_CONFIG=y") == [
                "purserd.conf:2: PURSERD_QOUTA: no such setting; did you mean PURSERD_QUOTA?",
                "purserd.conf:3: AWS_SECRET_ACCESS_KEY: no such setting",
                "purserd.conf:4: PURSERD_CONFIG: a file cannot name another file",
            ]
        )
    }

    @Test("all faults are reported together, each with the location of its value and what is allowed")
    func wrongValues() {
        let found = faults(
            ["--config", "purserd.conf", "--quota", "0", "stray", "--max-tokens"],
            environment: ["PURSERD_BUDGET_USD": "much"],
            file: "PURSERD_CACHE_SECONDS=-1\nno line\nPURSERD_RATE_BURST=1\nPURSERD_RATE_BURST=2\nPURSERD_MODEL_ID=\"x"
        )
        #expect(
            found == [
                "arguments: `stray`: unexpected argument",
                "--max-tokens: a value is needed; write one that begins with -- as --max-tokens=VALUE",
                "purserd.conf:2: a line must be NAME=value or begin with #",
                "purserd.conf:4: PURSERD_RATE_BURST: is already in line 3",
                "purserd.conf:5: PURSERD_MODEL_ID: the closing quote must be at the end of the line",
                "purserd.conf:1: PURSERD_CACHE_SECONDS: `-1` is not a whole number from 0 to 86400",
                "--quota: PURSERD_QUOTA: `0` is not a whole number above 0",
                "environment: PURSERD_BUDGET_USD: `much` is not an amount in dollars like 25 or 12.50",
            ]
        )
        #expect(faults(["--config", "missing"]) == ["missing: cannot be read: NoFile()"])
        #expect(faults(["--quota", "1", "--quota", "2"]) == ["--quota: is given twice"])
        #expect(faults([], environment: ["PURSERD_AUTH": "cognito"]).count == 2)
    }

    @Test("keys only needs the secret of the keys, and TLS on a network address")
    func keysOnly() throws {
        let secret = String(repeating: "ab", count: 32)
        func faults(_ values: [String: String]) -> [String?] {
            do {
                _ = try DaemonSettings(["PURSERD_AUTH": "keys"].merging(values) { $1 })
                return []
            } catch {
                return (error as? Diagnostics)?.all.map(\.key) ?? ["\(error)"]
            }
        }
        #expect(faults([:]) == ["PURSERD_KEYS_SECRET"])
        #expect(faults(["PURSERD_KEYS_SECRET": secret]) == [])
        #expect(faults(["PURSERD_KEYS_SECRET": secret, "PURSERD_LISTEN": "0.0.0.0:1"]) == ["PURSERD_TLS_CERTIFICATE"])
        let tls = ["PURSERD_TLS_CERTIFICATE": "a.pem", "PURSERD_TLS_KEY": "a.key", "PURSERD_LISTEN": "0.0.0.0:1"]
        #expect(faults(["PURSERD_KEYS_SECRET": secret].merging(tls) { $1 }) == [])
    }

    @Test("the check names every model without a price, every file that cannot be used, and an invalid endpoint")
    func world() async throws {
        let folder = try TemporaryFolder()
        let keys = folder.path("jwks.json")
        try "{}".write(toFile: keys, atomically: true, encoding: .utf8)
        let values = [
            "PURSERD_AUTH": "cognito", "PURSERD_COGNITO_CLIENT_IDS": "client", "PURSERD_JWKS": keys,
            "PURSERD_COGNITO_ISSUER": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Test",
            "PURSERD_MODEL_ID": "amazon.nova-lite", "PURSERD_FALLBACK_MODEL_ID": "nobody.nothing",
            "PURSERD_TLS_CERTIFICATE": folder.path("missing.pem"), "PURSERD_TLS_KEY": keys,
            "PURSER_ALARMS": folder.path("none"), "PURSER_DASHBOARDS": folder.path("."),
        ]
        let environment = ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "ftp://x", "AWS_REGION": "us-east-1"]
        let error = await #expect(throws: Diagnostics.self) {
            try await Daemon.check(DaemonSettings(values), environment: environment)
        }
        let found = error?.all.map(\.description) ?? []
        #expect(found.count == 7, "\(found)")
        for (line, words) in zip(
            found,
            [
                "PURSERD_MODEL_ID: the model `amazon.nova-lite` has no price; similar models with a price: ",
                "PURSERD_FALLBACK_MODEL_ID: the model `nobody.nothing` has no price", "missing.pem: PURSERD_TLS_CERT",
                "jwks.json: PURSERD_TLS_KEY: cannot be used",
                "AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "jwks.json: PURSERD_JWKS: ", "none: PURSER_ALARMS: ",
            ]
        ) {
            #expect(line.contains(words))
        }
        #expect(found.first?.contains("amazon.nova-lite-v1:0") == true)
        try await Daemon.check(DaemonSettings(["PURSERD_AUTH": "none"]), environment: ["AWS_REGION": "us-east-1"])
    }

    @Test("the check reads the price file that the flag or the variable names, and counts the called Region's rows")
    func prices() async throws {
        let folder = try TemporaryFolder()
        let (model, path) = (ChatConfiguration().modelId, folder.path("p.csv"))
        try TestPriceFile.write((model, "eu-central-1", "1", "1"), to: path)
        #expect(try values(["--prices", path])["PURSER_PRICES"] == path)
        #expect(try values(["--price-arns=a.csv"])["PURSER_PRICE_ARNS"] == "a.csv")
        #expect(try values(["--quotas=q.csv"])["PURSER_QUOTAS"] == "q.csv")
        func check(_ path: String, _ region: String?) async -> [String] {
            let own = ["PURSERD_AUTH": "none", "PURSERD_MODEL": "embedded", "PURSER_PRICES": path]
            do {
                try await Daemon.check(DaemonSettings(own), environment: region.map { ["AWS_REGION": $0] } ?? [:])
                return []
            } catch {
                return (error as? Diagnostics)?.all.map(\.description) ?? ["\(error)"]
            }
        }
        #expect(await check(path, "eu-central-1") == [])
        #expect(
            await check(path, "us-east-1") == [
                "settings: PURSERD_MODEL_ID: the model `\(model)` has no price in us-east-1, only in eu-central-1"
            ]
        )
        #expect(await check(path + "x", nil) == ["\(path)x: there is no such file or folder"])
        try "no header".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(await check(path, nil).first?.hasPrefix("\(path):1: `no header` is not a column") == true)
    }

    @Test("a fault in what a setting refers to is reported at the setting, unless a file is at fault")
    func placed() {
        let settings = SettingsValues(
            values: ["PURSERD_MODEL_ID": "m"],
            origins: ["PURSERD_MODEL_ID": .file("/etc/purserd.conf:3"), "PURSERD_JWKS": .flag("--jwks")],
            environment: [:]
        )
        func shown(_ file: String, _ key: String?) -> String {
            settings.placed(Diagnostic(file: file, key: key, "x")).description
        }
        #expect(shown("settings", "PURSERD_MODEL_ID") == "/etc/purserd.conf:3: PURSERD_MODEL_ID: x")
        #expect(shown("settings", "PURSERD_AUTH") == "settings: PURSERD_AUTH: x")
        #expect(shown("settings", nil) == "settings: x")
        #expect(shown("jwks.json", "PURSERD_JWKS") == "jwks.json: PURSERD_JWKS: x")
    }

    @Test("the check finds a secret that cannot be used as a key, and does not show it")
    func weakSecret() {
        let found = faults(["--check"], environment: ["PURSERD_KEYS_SECRET": "monkey"])
        #expect(
            found.count == 1
                && found[0].hasPrefix("environment: PURSERD_KEYS_SECRET: `(hidden)` is not at least 32 bytes")
        )
    }

    @Test("a secret is taken from the environment or Parameter Store, never from a flag or a file, and never shown")
    func secrets() throws {
        let secret = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"
        let (flag, line) = ("--keys-secret=\(secret)", "PURSERD_KEYS_SECRET=\(secret)")
        let refused = [
            faults([flag]), faults(["--config=purserd.conf"], file: line),
            faults(["--config=purserd.conf"], environment: ["PURSERD_KEYS_SECRET": secret], file: line),
        ]
        for found in refused {
            #expect(found.count == 1 && found[0].contains("a secret must be in the environment"))
            #expect(!found[0].contains(secret))
        }
        let environment = ["PURSERD_KEYS_SECRET": secret]
        guard case .check(let values) = try read(["--check"], environment: environment) else { throw NoFile() }
        #expect(values.values["PURSERD_KEYS_SECRET"] == secret)
        #expect(values.lines.contains("PURSERD_KEYS_SECRET=(hidden) (environment)"))
        for (arguments, file) in [(["--keys-secret", "ssm:/a"], ""), ([], "PURSERD_KEYS_SECRET=ssm:/a")] {
            let read = try self.values(
                arguments + ["--config", "purserd.conf"],
                file: file,
                parameters: ["/a": secret]
            )
            #expect(read["PURSERD_KEYS_SECRET"] == secret)
        }
        // If the message of a check contains the value, the value is still not shown.
        do {
            _ = try SettingsCommand(
                [],
                environment: environment,
                readFile: { _ in "" },
                fetch: { _, _ in [:] },
                checks: [
                    { values in
                        let value = values["PURSERD_KEYS_SECRET"] ?? ""
                        throw Diagnostics([Diagnostic(file: "x", key: "PURSERD_KEYS_SECRET", "`\(value)` is wrong")])
                    }
                ]
            )
        } catch {
            #expect(error.description == "environment: PURSERD_KEYS_SECRET: `(hidden)` is wrong")
        }
    }

    @Test("parameters are fetched once, in the region from the settings, and their faults name the setting")
    func parameters() throws {
        var calls: [([String], String?)] = []
        let command = try SettingsCommand(
            ["--aws-region", "eu-west-1", "--quota=ssm:/p/quota", "--budget-usd=ssm:/p/budget:3"],
            environment: ["PURSERD_AUTH": "ssm:/p/auth", "PURSERD_RATE_BURST": "ssm:/p/quota"],
            readFile: { _ in "" },
            fetch: { names, environment in
                calls.append((names, environment["AWS_REGION"]))
                return ["/p/quota": "12", "/p/budget:3": "ssm:/no/further", "/p/auth": "none"]
            },
            checks: []
        )
        guard case .run(let values) = command else { throw NoFile() }
        #expect(calls.count == 1 && calls[0].1 == "eu-west-1")
        #expect(calls.first?.0 == ["/p/auth", "/p/budget:3", "/p/quota"])
        #expect(values.values["PURSERD_QUOTA"] == "12" && values.values["PURSERD_RATE_BURST"] == "12")
        #expect(values.environment["PURSERD_AUTH"] == "none")
        #expect(
            faults(["--quota=ssm:/p/none"]) == ["--quota: PURSERD_QUOTA: there is no parameter /p/none"]
        )
        #expect(
            faults(["--quota=ssm:/p"], parameters: ["/p": "x"])
                == ["--quota: PURSERD_QUOTA: `x` is not a whole number above 0"]
        )
        #expect(faults(["--quota=ssm:", "--aws-region=ssm:/r", "--max-tokens=ssm:/a b"]).count == 3)
    }

    @Test("every variable that the sources read is in the table, and every variable in the table is in the manual")
    func completeness() throws {
        let names = Set(Settings.all.map(\.name))
        #expect(names.count == Settings.all.count)
        #expect(Set(Settings.all.map(\.flag)).count == Settings.all.count)
        let folder = Repository.root.appendingPathComponent("Sources")
        let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        for path in paths where path.hasSuffix(".swift") {
            let text = try Repository.text("Sources/" + path)
            for match in text.matches(of: /PURSERD_[A-Z_]*[A-Z]\b/) {
                #expect(names.contains(String(match.0)), "\(path): \(match.0)")
            }
        }
        let manual = try Repository.text("docs/chat/settings.md")
        for setting in Settings.all {
            let row =
                "| `\(setting.flag)`, `\(setting.name)` | \(setting.summary.dropLast()) | \(setting.standard ?? "") |"
            #expect(manual.contains(row), "\(row)")
            #expect(Settings.help.contains("  \(setting.flag), \(setting.name)"))
        }
        #expect(Settings.help.split(separator: "\n").allSatisfy { $0.count <= 110 })
    }
}
