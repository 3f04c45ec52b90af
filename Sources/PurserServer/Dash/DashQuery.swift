import Foundation
import Purser
import PurserCore
import PurserRender

/// What a request for the dashboard asks for: its query, checked.
struct DashQuery: Sendable, Hashable {
    enum Subject: Sendable, Hashable {
        case chat
        case dashboard(String)
        case namespace(String)
    }

    /// A fault of the query: one sentence that names the parameter and what is allowed.
    struct Fault: Error, Equatable {
        var message: String

        init(_ message: String) {
            self.message = message
        }
    }

    /// The values of `since`, with their seconds.
    static let ranges = [
        ("1h", 3600), ("3h", 3 * 3600), ("12h", 12 * 3600), ("24h", 86_400), ("7d", 7 * 86_400), ("30d", 30 * 86_400),
    ]
    /// The longest name of a namespace or a dashboard; that of CloudWatch's is 255.
    private static let mostNameBytes = 1024

    var subject = Subject.chat
    /// One of ``ranges``; nil if none is asked for.
    var since: String?

    /// How many seconds are asked for.
    var seconds: Int? {
        Self.ranges.first { $0.0 == since }?.1
    }

    init() {}

    /// Reads a query as browsers write it; nil is an empty one.
    init(_ query: String?) throws(Fault) {
        var values: [String: String] = [:]
        for field in (query ?? "").split(separator: "&") {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]), ["since", "name", "namespace"].contains(name) else {
                throw Fault("Unknown query parameter; since, name and namespace are allowed.")
            }
            guard parts.count == 2, let value = Self.decoded(parts[1]), !value.isEmpty else {
                throw Fault("\(name): a value in UTF-8 is needed.")
            }
            guard values.updateValue(value, forKey: name) == nil else { throw Fault("\(name) is given twice.") }
            guard value.utf8.count <= Self.mostNameBytes else {
                throw Fault("\(name) has more than \(Self.mostNameBytes) bytes.")
            }
        }
        since = values["since"]
        if since != nil, seconds == nil {
            throw Fault("since must be one of \(Self.ranges.map(\.0).joined(separator: ", ")).")
        }
        switch (values["name"], values["namespace"]) {
        case (_?, _?): throw Fault("Only one of name and namespace is allowed.")
        case (let name?, nil): subject = .dashboard(name)
        case (nil, let namespace?): subject = .namespace(namespace)
        case (nil, nil): break
        }
    }

    private static func decoded(_ text: Substring) -> String? {
        text.replacing("+", with: " ").removingPercentEncoding
    }

    /// Returns the address of the page with this query.
    var address: String {
        let name: (String, String)? =
            switch subject {
            case .chat: nil
            case .dashboard(let name): ("name", name)
            case .namespace(let name): ("namespace", name)
            }
        let fields = [name, since.map { ("since", $0) }].compactMap(\.self)
        return "/dash" + (fields.isEmpty ? "" : "?") + fields.map { $0 + "=" + Self.encoded($1) }.joined(separator: "&")
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed.subtracting(["&", "=", "+", ";"])) ?? ""
    }

    /// Returns links to the other ranges of the page, and to the other dashboards and namespaces.
    func links(dashboards: [String], namespaces: [String]) -> [WebOptions.Links] {
        let ranges = Self.ranges.map { range, seconds in
            var other = self
            other.since = range
            let isStandard = since == nil && subject == .chat && seconds == DashFrames.defaultSeconds
            return WebOptions.Links.Link(range, other.address, isCurrent: range == since || isStandard)
        }
        let subjects =
            [("chat service", Subject.chat)] + dashboards.map { ($0, .dashboard($0)) }
            + namespaces.map { ($0, .namespace($0)) }
        let pages = subjects.map { name, subject in
            var other = self
            other.subject = subject
            return WebOptions.Links.Link(name, other.address, isCurrent: subject == self.subject)
        }
        return [.init(name: "Time range", links: ranges), .init(name: "Dashboards", links: pages)]
    }
}
