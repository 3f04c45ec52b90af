/// Values that an operator may set, each with a default.
package protocol Configurable: SendableMetatype {
    init()
    static var settings: [ConfigurationSetting<Self>] { get }
}

/// A setting and where its value belongs in a configuration.
package struct ConfigurationSetting<Root>: Sendable {
    package private(set) var setting: Setting
    /// Sets the value that a text stands for; returns false if the value is not allowed, and throws any other fault.
    let set: @Sendable (_ text: String, _ environment: [String: String], inout Root) throws -> Bool

    /// - Parameter read: Takes the text, and the environment that it comes from.
    package init<Value>(
        _ setting: Setting,
        reading read: @escaping @Sendable (String, [String: String]) throws -> Value?,
        set: @escaping @Sendable (inout Root, Value) -> Void
    ) {
        self.setting = setting
        self.set = { text, environment, root in
            guard let value = try read(text, environment) else { return false }
            set(&root, value)
            return true
        }
    }
}

extension ConfigurationSetting {
    /// Puts settings into a section of the help.
    package static func group(_ group: Setting.Group, _ settings: [Self]) -> [Self] {
        settings.map { setting in
            var setting = setting
            setting.setting.group = group
            return setting
        }
    }

    /// Any value; `parse` returns nil if the text is not allowed.
    package static func value<Value>(
        _ name: String,
        _ summary: String,
        _ allowed: String,
        _ standard: String? = nil,
        kind: Setting.Kind = .plain,
        isRequired: Bool = false,
        advice: String? = nil,
        _ parse: @escaping @Sendable (String) throws -> Value?,
        set: @escaping @Sendable (inout Root, Value) -> Void
    ) -> Self {
        let setting = Setting(name, summary, allowed, standard, kind: kind, isRequired: isRequired, advice: advice)
        return Self(setting, reading: { text, _ in try parse(text) }, set: set)
    }
}

extension ConfigurationSetting where Root: Configurable {
    package typealias Path<Value> = any WritableKeyPath<Root, Value> & Sendable

    /// A whole number in a range.
    package static func number(
        _ name: String,
        _ summary: String,
        _ range: ClosedRange<Int>,
        _ path: Path<Int>
    ) -> Self {
        number(name, summary, range, standard: Root()[keyPath: path]) { $0[keyPath: path] = $1 }
    }

    package static func number(
        _ name: String,
        _ summary: String,
        _ range: ClosedRange<Int>,
        standard: Int?,
        set: @escaping @Sendable (inout Root, Int) -> Void
    ) -> Self {
        let allowed =
            range.upperBound == .max
            ? "a whole number above \(range.lowerBound - 1)"
            : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return value(
            name,
            summary,
            allowed,
            standard.map(String.init),
            { Int($0).flatMap { range.contains($0) ? $0 : nil } },
            set: set
        )
    }

    /// A switch, `on` or `off`.
    package static func toggle(
        _ name: String,
        _ summary: String,
        _ path: Path<Bool>
    ) -> Self {
        value(
            name,
            summary,
            "`on` or `off`",
            Root()[keyPath: path] ? "on" : "off",
            { ["on": true, "off": false][$0] },
            set: { $0[keyPath: path] = $1 }
        )
    }

    /// Any text.
    package static func text(
        _ name: String,
        _ summary: String,
        _ allowed: String,
        standard: String? = nil,
        _ path: Path<String?>
    ) -> Self {
        value(name, summary, allowed, standard, { $0 }, set: { $0[keyPath: path] = $1 })
    }
}
