package import PurserCore

/// Reads settings by their names, and collects all that is wrong with them, so that a person mends it in one go.
package struct EnvironmentReader {
    private let values: [String: String]
    /// Where the values are from, as ``Diagnostic/file`` names it.
    private let source: String
    package private(set) var faults: [Diagnostic] = []

    package init(_ values: [String: String], source: String = "environment") {
        self.values = values
        self.source = source
    }

    /// What `parse` makes of the value of this name; nil from it is a fault, and an empty value counts as missing.
    ///
    /// - Parameter isRequired: Whether a missing value is a fault.
    package mutating func value<Value>(
        _ name: String,
        _ allowed: String,
        isRequired: Bool = false,
        _ parse: (String) -> Value?
    ) -> Value? {
        guard let text = values[name], !text.isEmpty else {
            if isRequired { fault(name, "needed: \(allowed)") }
            return nil
        }
        let value = parse(text)
        if value == nil { fault(name, "`\(text)` is not \(allowed)") }
        return value
    }

    /// Sets what ``value(_:_:isRequired:_:)`` gives, if it gives something.
    package mutating func read<Value>(
        _ name: String,
        _ allowed: String,
        _ parse: (String) -> Value?,
        set: (Value) -> Void
    ) {
        if let value = value(name, allowed, parse) { set(value) }
    }

    package mutating func readNumber(_ name: String, _ range: ClosedRange<Int>, set: (Int) -> Void) {
        let allowed = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        read(name, allowed, { Int($0).flatMap { range.contains($0) ? $0 : nil } }, set: set)
    }

    package mutating func readSwitch(_ name: String, set: (Bool) -> Void) {
        read(name, "`on` or `off`", { ["on": true, "off": false][$0] }, set: set)
    }

    /// Sets what `body` returns, or takes over the faults that it throws.
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
