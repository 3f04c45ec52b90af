package import ChatService
import Foundation
package import PurserCore

/// The price file and the files beside it: of ARNs, and of quotas of tokens. Every program reads the same settings.
package struct PriceSettings: Sendable, Equatable, Configurable {
    /// The price file (PURSER_PRICES); nil means the shipped prices.
    package var pricesPath: String?
    /// The file of ARNs (PURSER_PRICE_ARNS); nil means `arns.csv` beside the price file, if there is one.
    package var arnsPath: String?
    /// The quotas of tokens per minute (PURSER_QUOTAS); nil means `quotas.csv` beside the price file, if there is one, or
    /// the shipped quotas.
    package var quotasPath: String?

    package init() {}

    package static let settings: [ConfigurationSetting<PriceSettings>] = [
        .text(
            "PURSER_PRICES",
            "The price file; read again when it changes and on SIGHUP.",
            "a path",
            standard: "the shipped prices",
            \.pricesPath
        ),
        .text(
            "PURSER_PRICE_ARNS",
            "The models that ARNs stand for; read again as the price file is.",
            "a path",
            standard: "arns.csv beside the price file",
            \.arnsPath
        ),
        .text(
            "PURSER_QUOTAS",
            "The quotas of tokens per minute for the metric TPMQuotaUsed.",
            "a path",
            standard: "quotas.csv beside the price file, or the shipped quotas",
            \.quotasPath
        ),
    ]

    /// The files that the prices come from; the second may be missing if no setting names it.
    package var paths: [String] {
        [pricesPath, arnsPath ?? pricesPath.map(Self.beside)].compactMap(\.self)
    }

    private static func beside(_ path: String) -> String {
        URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent("arns.csv").path
    }

    /// Returns the path of another file in the folder of a price file; nil if there is none.
    static func found(_ name: String, beside pricesPath: String?) -> String? {
        guard let pricesPath else { return nil }
        let folder = URL(fileURLWithPath: pricesPath).deletingLastPathComponent()
        let path = folder.appendingPathComponent(name).path
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    /// Reads the quotas of tokens per minute; throws ``Diagnostics`` with every fault.
    package func readQuotas() throws(Diagnostics) -> TokenQuotaList {
        do {
            guard let path = quotasPath ?? Self.found("quotas.csv", beside: pricesPath) else { return try .shipped() }
            return try TokenQuotaList(csv: try TextFile.read(path), file: path)
        } catch let error as Diagnostics {
            throw error
        } catch let error as FileError {
            throw Diagnostics([Diagnostic(error)])
        } catch {
            throw Diagnostics([Diagnostic(file: "quotas", "\(error)")])
        }
    }

    /// Reads the prices; throws ``Diagnostics`` with every fault of both files.
    package func read() throws(Diagnostics) -> PriceCatalog {
        var faults: [Diagnostic] = []
        func collect<Value>(_ path: String?, _ body: (String, String) throws -> Value) -> Value? {
            guard let path else { return nil }
            do {
                return try body(try TextFile.read(path), path)
            } catch let error as Diagnostics {
                faults += error.all
            } catch let error as FileError {
                faults.append(Diagnostic(error))
            } catch {
                faults.append(Diagnostic(file: path, "\(error)"))
            }
            return nil
        }
        let arns = collect(arnsPath ?? Self.found("arns.csv", beside: pricesPath)) { try ARNMap(csv: $0, file: $1) }
        let catalog = collect(pricesPath) { try PriceCatalog(csv: $0, file: $1, arns: arns ?? ARNMap()) }
        if !faults.isEmpty { throw Diagnostics(faults) }
        if let catalog { return catalog }
        do {
            return try .shipped(arns: arns)
        } catch {
            throw error as? Diagnostics ?? Diagnostics([Diagnostic(file: "prices", "\(error)")])
        }
    }
}
