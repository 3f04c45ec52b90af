/// A value of a JSON file and its path: `Metrics[1].MetricStat.Period`.
struct JSONPlace {
    let value: JSONValue
    let path: String

    /// Returns the path of a member, whether or not it exists.
    func path(of key: String) -> String {
        path.isEmpty ? key : path + "." + key
    }

    func member(_ key: String) -> JSONPlace? {
        value[key].map { JSONPlace(value: $0, path: path(of: key)) }
    }

    func has(_ key: String) -> Bool {
        value[key] != nil
    }
}

/// Reads values from a JSON file, and collects every fault instead of stopping at the first.
struct DefinitionReader {
    let file: String
    /// The path of the definition in its file, put before every key: `Resources.Latency.Properties`.
    let place: String
    private(set) var diagnostics: [Diagnostic] = []

    init(file: String, place: String = "") {
        self.file = file
        self.place = place
    }

    mutating func fault(_ path: String?, _ message: String) {
        let parts = [place, path ?? ""].filter { !$0.isEmpty }
        let key = parts.isEmpty ? nil : parts.joined(separator: ".")
        diagnostics.append(Diagnostic(file: file, key: key, message))
    }

    /// Reports members that are not supported; for those in `unsupported`, the message begins with the words given
    /// there.
    mutating func checkKeys(
        of object: JSONPlace,
        supported: [String],
        unsupported: KeyValuePairs<String, String> = [:],
        of input: String
    ) {
        for member in object.value.members ?? [] where !supported.contains(member.key) {
            if let what = unsupported.first(where: { $0.key == member.key })?.value {
                fault(object.path(of: member.key), what + " not supported by this version")
            } else {
                let advice = NearestName.advice(member.key, among: supported)
                let allowed = supported.isEmpty ? "none" : supported.joined(separator: ", ")
                fault(
                    object.path(of: member.key),
                    "unknown key of \(input)" + (advice.isEmpty ? "; allowed: \(allowed)" : advice)
                )
            }
        }
    }

    /// Returns the member as an object; reports a fault if it is something else.
    mutating func object(_ parent: JSONPlace, _ key: String, isRequired: Bool = false) -> JSONPlace? {
        guard let place = member(parent, key, isRequired, "an object") else { return nil }
        guard place.value.members != nil else { return wrong(place, "an object") }
        return place
    }

    /// Returns the elements of a list; empty if the list is absent.
    mutating func list(_ parent: JSONPlace, _ key: String, isRequired: Bool = false, most: Int) -> [JSONPlace] {
        guard let place = member(parent, key, isRequired, "a list") else { return [] }
        guard let values = place.value.array else { return wrong(place, "a list") ?? [] }
        if values.count > most { fault(place.path, "has \(values.count) elements; at most \(most) are allowed") }
        return values.enumerated().map { JSONPlace(value: $0.element, path: place.path + "[\($0.offset)]") }
    }

    /// Returns the member as text of an allowed length; a parameter without a value is a fault unless `mayBeUnfilled`.
    mutating func text(
        _ parent: JSONPlace,
        _ key: String,
        isRequired: Bool = false,
        length: ClosedRange<Int>,
        mayBeUnfilled: Bool = false
    ) -> String? {
        guard let place = member(parent, key, isRequired, "a string") else { return nil }
        return text(place, length: length, mayBeUnfilled: mayBeUnfilled)
    }

    /// Returns the member as a name: text without control characters.
    mutating func name(
        _ parent: JSONPlace,
        _ key: String,
        isRequired: Bool = false,
        length: ClosedRange<Int>,
        mayBeUnfilled: Bool = false
    ) -> String? {
        let text = text(parent, key, isRequired: isRequired, length: length, mayBeUnfilled: mayBeUnfilled)
        guard let name = text else { return nil }
        if name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            fault(parent.path(of: key), "must not contain control characters")
        }
        return name
    }

    mutating func text(_ place: JSONPlace, length: ClosedRange<Int>, mayBeUnfilled: Bool = false) -> String? {
        guard let text = place.value.string else { return wrong(place, "a string") }
        guard length.contains(text.utf16.count) else {
            let allowed = "\(length.lowerBound) to \(length.upperBound) characters are allowed"
            fault(place.path, "has \(text.utf16.count) characters; \(allowed)")
            return nil
        }
        if !mayBeUnfilled, reportsMissing(text, place.path) { return nil }
        return text
    }

    /// Reports the first parameter without a value in a text, if there is one.
    private mutating func reportsMissing(_ text: String, _ path: String) -> Bool {
        guard let name = ParameterFilling.unfilled(in: text) else { return false }
        fault(path, "the parameter \(name) has no value; give --parameter \(name)=VALUE")
        return true
    }

    /// Returns the member as one of a set of words.
    mutating func choice<Value: RawRepresentable & CaseIterable>(
        _ parent: JSONPlace,
        _ key: String,
        isRequired: Bool = false,
        _ type: Value.Type
    ) -> Value? where Value.RawValue == String {
        var allowed: String { Value.allCases.map(\.rawValue).joined(separator: ", ") }
        guard let place = member(parent, key, isRequired, "one of \(allowed)") else { return nil }
        guard let text = place.value.string else { return wrong(place, "one of \(allowed)") }
        guard let value = Value(rawValue: text) else {
            if reportsMissing(text, place.path) { return nil }
            fault(place.path, "`\(text)` is not allowed; allowed: \(allowed)")
            return nil
        }
        return value
    }

    mutating func integer(
        _ parent: JSONPlace,
        _ key: String,
        isRequired: Bool = false,
        _ range: ClosedRange<Int>
    ) -> Int? {
        var allowed: String { "a whole number from \(range.lowerBound) to \(range.upperBound)" }
        guard let place = member(parent, key, isRequired, allowed) else { return nil }
        guard let value = place.value.integer else { return wrong(place, allowed) }
        guard range.contains(value) else {
            fault(place.path, "\(value) is not allowed; allowed: \(allowed)")
            return nil
        }
        return value
    }

    mutating func number(_ parent: JSONPlace, _ key: String, isRequired: Bool = false) -> Double? {
        guard let place = member(parent, key, isRequired, "a number") else { return nil }
        guard let value = place.value.double else { return wrong(place, "a number") }
        return value
    }

    mutating func boolean(_ parent: JSONPlace, _ key: String) -> Bool? {
        guard let place = parent.member(key) else { return nil }
        guard let value = place.value.boolean else { return wrong(place, "true or false") }
        return value
    }

    private mutating func member(
        _ parent: JSONPlace,
        _ key: String,
        _ isRequired: Bool,
        _ what: @autoclosure () -> String
    ) -> JSONPlace? {
        let place = parent.member(key)
        if place == nil, isRequired { fault(parent.path(of: key), "is missing; \(what()) is needed") }
        return place
    }

    private mutating func wrong<Value>(_ place: JSONPlace, _ what: String) -> Value? {
        if let text = place.value.string, reportsMissing(text, place.path) { return nil }
        let found =
            switch place.value {
            case .string(let text): "the string `\(text)`"
            case .number: place.value.text()
            default: place.value.kind
            }
        fault(place.path, "must be \(what), not \(found)")
        return nil
    }
}
