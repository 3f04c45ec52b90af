package import PurserCore

/// Reads settings by name and collects every fault, so that the operator can fix all of them at once.
package struct EnvironmentReader {
    private let values: [String: String]
    /// The source of the values, as named in ``Diagnostic/file``.
    private let source: String
    package private(set) var faults: [Diagnostic] = []

    package init(_ values: [String: String], source: String = "environment") {
        self.values = values
        self.source = source
    }

    /// Reads the settings of a configuration; missing and empty ones keep their defaults.
    package mutating func read<Root: Configurable>(into root: inout Root) {
        for entry in Root.settings {
            let setting = entry.setting
            guard let text = values[setting.name], !text.isEmpty else {
                if setting.isRequired { fault(setting.name, "needed: \(setting.allowed)") }
                continue
            }
            do {
                guard try !entry.set(text, values, &root) else { continue }
                let shown = setting.kind == .secret ? "(hidden)" : text
                let advice = setting.advice.map { "; " + $0 } ?? ""
                fault(setting.name, "`\(shown)` is not \(setting.allowed)\(advice)")
            } catch {
                fault(setting.name, "\(error)")
            }
        }
    }

    /// Calls `set` with the result of `body`, or collects the faults that it throws.
    package mutating func collect<Value>(_ body: () throws -> Value, set: (Value) -> Void) {
        do {
            set(try body())
        } catch let error as Diagnostics {
            for diagnostic in error.all {
                faults.append(Diagnostic(file: source, key: diagnostic.key, diagnostic.message))
            }
        } catch {
            faults.append(Diagnostic(file: source, "\(error)"))
        }
    }

    package mutating func fault(_ name: String, _ message: String) {
        faults.append(Diagnostic(file: source, key: name, message))
    }

    /// Throws all faults as ``Diagnostics``, if there are any.
    package func throwFaults() throws {
        if !faults.isEmpty { throw Diagnostics(faults) }
    }
}
