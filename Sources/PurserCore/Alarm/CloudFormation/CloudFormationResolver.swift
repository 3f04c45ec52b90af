/// Evaluates CloudFormation's intrinsic functions in the properties of a template's resources.
///
/// What is not known before the stack exists stays `${Name}` in the text, as a parameter without a value does in other
/// alarm files: the alarm's reader decides whether a place needs its value. Source: the CloudFormation reference of the
/// intrinsic functions.
struct CloudFormationResolver {
    var names: CloudFormationNames
    /// The faults of what is read now.
    var faults: DefinitionReader
    /// The faults of conditions and properties that were evaluated for what is read now, or for something before it.
    private var sharedFaults: [Diagnostic] = []
    /// The names that were looked up.
    private(set) var asked: Set<String> = []
    /// The given parameters that each action was made of.
    private(set) var actionNames: [String: Set<String>] = [:]
    private var unknown: Set<String> = []
    private var shared: [String: Shared] = [:]
    private var alarmNames: [String: String] = [:]
    private var depth = 0
    private var writtenBytes = 0

    /// A condition, or a property that is another resource's name, evaluated once for all that use it.
    enum Shared {
        /// It is being evaluated, so whatever refers to it now refers to itself.
        case open
        case faulty
        case truth(CloudFormationTruth)
        case value(JSONValue?)
    }

    private static let deepest = 32
    static let longestText = 65_536
    // A template's text of at most 1 MB can ask for far more work than a large one needs.
    private static let mostWrittenBytes = 16_777_216

    init(names: CloudFormationNames, file: String) {
        self.names = names
        faults = DefinitionReader(file: file)
    }

    /// Returns the faults of what was read since the last call, each once; those of what it shares come first.
    mutating func takeFaults() -> [Diagnostic] {
        guard !faults.diagnostics.isEmpty else { return [] }
        let all = sharedFaults + faults.diagnostics
        sharedFaults = []
        faults = DefinitionReader(file: faults.file)
        var seen: Set<String> = []
        return all.filter { seen.insert($0.description).inserted }
    }

    /// Returns the value with functions resolved; nil if there is a fault, and for `AWS::NoValue`, which removes its key.
    mutating func value(_ place: CloudFormationPlace) -> JSONValue? {
        switch place.value {
        case .array:
            return .array(place.elements.compactMap { $0.use == .action ? action($0) : value($0) })
        case .object(let members):
            if let function = Self.function(members) { return limited(result(of: function, place), place) }
            return .object(writtenOut(place).compactMap { member($0, place) })
        case .string(let text):
            if !place.use.mayHavePlaceholders, let name = ParameterFilling.unfilled(in: text) {
                faults.fault(place.path, "`${\(name)}` is filled in only within Fn::Sub; use Fn::Sub or Ref")
            }
            return place.value
        default: return place.value
        }
    }

    private mutating func member(_ member: JSONValue.Member, _ place: CloudFormationPlace) -> JSONValue.Member? {
        let part = place.member(member)
        if member.key.hasPrefix("Fn::") {
            faults.fault(place.path, "\(member.key) is not supported here beside other keys")
            return nil
        }
        let value = part.use == .action ? action(part) : value(part)
        return value.map { .init(member.key, part.use == .label ? labelled($0) : $0) }
    }

    /// Returns an action or a list of them, and remembers the parameters that they are made of.
    private mutating func action(_ place: CloudFormationPlace) -> JSONValue? {
        let outer = asked
        asked = []
        defer { asked.formUnion(outer) }
        guard let value = value(place) else { return nil }
        let given = asked.filter(names.isGiven)
        for text in (value.array ?? [value]).compactMap(\.string) where !given.isEmpty {
            actionNames[text, default: []].formUnion(given)
        }
        return value
    }

    /// Returns a label with the names that have no value as plain text, which CloudWatch would otherwise fill in.
    private func labelled(_ value: JSONValue) -> JSONValue {
        guard case .string(let text) = value else { return value }
        return .string(ParameterFilling.text(text) { unknown.contains($0) ? $0 : nil })
    }

    /// Returns the text of a value whose functions are resolved; reports a list or an object.
    mutating func text(_ place: CloudFormationPlace, _ function: String) -> String? {
        guard let value = value(place.piece) else { return nil }
        guard let text = CloudFormationCoercion.text(value) else {
            faults.fault(place.path, "\(function): must be a string, not \(value.kind)")
            return nil
        }
        return text
    }

    /// Returns the value of a name or an attribute; `${Name}` if it is not known.
    mutating func reference(_ name: String, _ place: CloudFormationPlace) -> JSONValue? {
        asked.insert(name)
        let value: JSONValue?
        switch names.meaning(of: name) {
        case .value(let known): value = known
        case .alarmName(let id): value = .string(alarmName(id))
        case .alarmARN(let id): value = .string(names.arn(ofAlarm: alarmName(id)))
        case .property(let property):
            let found = evaluated(property, "`\(name)`", usedAt: place.path) { .value($0.value($1)) }
            guard case .value(let known) = found else { return nil }
            // The name of a resource is not an action: those are ARNs.
            value = place.use == .action && known?.string?.hasPrefix("arn:") == false ? nil : known
        case .unknown: value = nil
        }
        guard let value, !place.use.needsText || !Self.isEmpty(value) else { return unknown(name) }
        return value
    }

    private static func isEmpty(_ value: JSONValue) -> Bool {
        value == "" || value.array?.allSatisfy { $0 == "" } == true
    }

    /// Returns the value that was given for a name of another stack or service; `${Name}` if none was.
    mutating func foreign(_ name: String) -> JSONValue {
        let plain = name.replacing("${", with: "").replacing("}", with: "")
        asked.insert(plain)
        return names.value(ofForeign: plain) ?? unknown(plain)
    }

    /// Returns the text for a name without a value.
    mutating func unknown(_ name: String) -> JSONValue {
        unknown.insert(name)
        return .string("${\(name)}")
    }

    /// Returns an alarm's name: its logical id, because CloudFormation's is not known before the stack exists, if it has
    /// none or one that needs a name without a value.
    mutating func alarmName(_ id: String) -> String {
        if let name = alarmNames[id] { return name }
        // A name that refers to itself ends here.
        alarmNames[id] = id
        guard let place = names.property("AlarmName", of: id), depth < Self.deepest else { return id }
        depth += 1
        defer { depth -= 1 }
        // The faults of a name are reported where the alarm is read.
        let outer = faults
        defer { faults = outer }
        guard let value = value(place).map({ withDynamicReferences($0) }),
            let text = CloudFormationCoercion.text(value),
            !text.isEmpty, ParameterFilling.unfilled(in: text) == nil
        else { return id }
        alarmNames[id] = text
        return text
    }

    /// Returns what is at another place of the template, which is evaluated once; nil and one short fault if that has
    /// faults, which are reported at their own place.
    mutating func evaluated(
        _ place: CloudFormationPlace,
        _ what: String,
        usedAt path: String,
        _ evaluate: (inout CloudFormationResolver, CloudFormationPlace) -> Shared?
    ) -> Shared? {
        let result = shared[place.path] ?? first(place, evaluate)
        switch result {
        case .open: faults.fault(path, "\(what) refers to itself")
        case .faulty: faults.fault(path, "\(what) cannot be resolved")
        case .truth, .value: return result
        }
        return nil
    }

    private mutating func first(
        _ place: CloudFormationPlace,
        _ evaluate: (inout CloudFormationResolver, CloudFormationPlace) -> Shared?
    ) -> Shared {
        let outer = faults
        faults = DefinitionReader(file: outer.file)
        shared[place.path] = .open
        depth += 1
        var result: Shared?
        if depth > Self.deepest {
            faults.fault(place.path, "is more than \(Self.deepest) references away, which is not supported here")
        } else {
            result = evaluate(&self, place)
        }
        depth -= 1
        sharedFaults += faults.diagnostics
        let final = faults.diagnostics.isEmpty ? result ?? .faulty : .faulty
        faults = outer
        shared[place.path] = final
        return final
    }

    /// Returns the value unless it is larger than is allowed.
    private mutating func limited(_ value: JSONValue?, _ place: CloudFormationPlace) -> JSONValue? {
        guard let value else { return nil }
        var room = Self.longestText
        Self.take(from: &room, value)
        return mayWrite(Self.longestText - room, place) ? value : nil
    }

    /// Subtracts the size of a value, until nothing is left: a list may hold the same lists many times over.
    private static func take(from room: inout Int, _ value: JSONValue) {
        guard room >= 0 else { return }
        switch value {
        case .string(let text): room -= text.utf8.count
        case .array(let values):
            for value in values where room >= 0 {
                room -= elementBytes
                take(from: &room, value)
            }
        case .object(let members):
            for member in members where room >= 0 {
                room -= elementBytes + member.key.utf8.count
                take(from: &room, member.value)
            }
        default: break
        }
    }

    /// What an element takes besides its text.
    private static let elementBytes = 16

    /// Returns whether a text of that many bytes may be written; reports one that is too long, and too many of them.
    mutating func mayWrite(_ bytes: Int, _ place: CloudFormationPlace) -> Bool {
        guard bytes <= Self.longestText else {
            faults.fault(place.path, "results in more than 65,536 bytes, which is not allowed")
            return false
        }
        return mayRepeat(bytes, place)
    }

    /// Returns whether a part of the template of that many bytes may be written once more.
    mutating func mayRepeat(_ bytes: Int, _ place: CloudFormationPlace) -> Bool {
        // An empty text takes time, too.
        writtenBytes += bytes + 1
        guard writtenBytes <= Self.mostWrittenBytes else {
            faults.fault(
                place.path,
                "the template's functions result in more than 16 MiB of text, which is not allowed"
            )
            return false
        }
        return true
    }

    private static func function(_ members: [JSONValue.Member]) -> JSONValue.Member? {
        guard members.count == 1, let member = members.first else { return nil }
        let isFunction = member.key.hasPrefix("Fn::") && !member.key.hasPrefix(CloudFormationLoop.prefix)
        return member.key == "Ref" || member.key == "Condition" || isFunction ? member : nil
    }
}
