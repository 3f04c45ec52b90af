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

    /// Returns the value of this name as read by `parse`. It is a fault if `parse` returns nil; an empty value counts
    /// as missing.
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

    /// Calls `set` with the result of ``value(_:_:isRequired:_:)``, unless that is nil.
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
