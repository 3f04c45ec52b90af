import ChatService
import HTTPTypes
import Hummingbird
import PurserCore

/// Who may see the dashboard, and what it is read from.
struct DashDoor: Sendable {
    /// The paths below the door.
    enum Part: String, Sendable {
        case page = "/dash"
        case json = "/dash.json"
        case events = "/dash/events"
    }

    let pages: DashPages
    let events: DashEvents
    /// Whether callers sign in; if they do not, only this machine may see the dashboard.
    let needsSignIn: Bool
    /// Addresses to reject.
    let denied: [AddressRange]
}

// GET /dash, /dash.json and /dash/events.

extension Doors {
    func dashboard(_ exchange: Exchange, _ part: DashDoor.Part) async -> Reply {
        do throws(ChatRefusal) {
            try await admitToDashboard(exchange)
        } catch {
            return refused(exchange, error)
        }
        switch part {
        case .page: return await rendering(exchange, .html)
        case .json: return await rendering(exchange, .json)
        case .events: return events(exchange)
        }
    }

    private func admitToDashboard(_ exchange: Exchange) async throws(ChatRefusal) {
        if let address = exchange.address, dash.denied.contains(address) { throw .addressDenied }
        // A page of another origin may not read this one, whatever name it has resolved to this address.
        if exchange.request.headers.contains(.origin), !isOwnOrigin(exchange) { throw .originNotAllowed }
        if !dash.needsSignIn {
            // A proxy on this machine would open the page to all its clients.
            guard exchange.client.isClients, exchange.address?.isLoopback ?? true else {
                throw .forbidden("Without sign-in (PURSERD_AUTH=none) the dashboard is for this machine only.")
            }
            guard Self.isLoopbackName(exchange.request.head.authority) else {
                throw .forbidden("Without sign-in (PURSERD_AUTH=none) the address must name localhost or 127.0.0.1.")
            }
        }
        exchange.caller.value = try await signIn(exchange.request.headers[values: .authorization]).caller
    }

    private func isOwnOrigin(_ exchange: Exchange) -> Bool {
        guard let origin = exchange.header(.origin), let authority = exchange.request.head.authority else {
            return false
        }
        return origin == "http://" + authority || origin == "https://" + authority
    }

    /// Returns whether the host of a request is this machine's own name, which no other site can take.
    static func isLoopbackName(_ authority: String?) -> Bool {
        guard var host = authority?[...] else { return false }
        if host.hasPrefix("[") {
            host = host.dropFirst().prefix { $0 != "]" }
        } else {
            host = host.prefix { $0 != ":" }
        }
        return host.lowercased() == "localhost" || IPAddress(String(host))?.isLoopback == true
    }

    private func rendering(_ exchange: Exchange, _ form: DashPages.Form) async -> Reply {
        do {
            let rendering = try await dash.pages.rendering(DashQuery(exchange.query), form)
            let headers: [(HTTPField.Name, String)] = [
                (.eTag, rendering.tag), (.cacheControl, "private, no-cache"),
                (FieldName.contentSecurityPolicy, DashPages.policy), (FieldName.referrerPolicy, "no-referrer"),
            ]
            if Self.matches(exchange.request.headers[values: .ifNoneMatch], rendering.tag) {
                return .empty(status: 304, code: "success", headers: headers)
            }
            return Reply(
                status: 200,
                code: "success",
                headers: headers,
                type: form == .html ? "text/html; charset=utf-8" : "application/json",
                body: rendering.body
            )
        } catch let fault as DashQuery.Fault {
            return Self.error(exchange, status: 400, code: "invalid_request", fault.message)
        } catch is DashPages.Overload {
            let message = "Too many requests are waiting for the dashboard."
            return Self.error(exchange, status: 503, code: "overloaded", message, headers: Self.retryHeaders(2))
        } catch {
            let message = dash.pages.message(error)
            return Self.error(exchange, status: 503, code: "unavailable", message, headers: Self.retryHeaders(5))
        }
    }

    /// Returns whether `If-None-Match` has a tag, as the weak comparison of RFC 9110 says.
    static func matches(_ fields: [String], _ tag: String) -> Bool {
        fields.flatMap { $0.split(separator: ",") }.contains { part in
            let part = part.trimmingPrefix { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
            return part == "*" || part == tag || part == "W/" + tag
        }
    }

    private func events(_ exchange: Exchange) -> Reply {
        if let query = exchange.query, !query.isEmpty {
            return Self.error(exchange, status: 400, code: "invalid_request", "No query parameter is allowed here.")
        }
        let headers = [(FieldName.accelBuffering, "no")]
        if exchange.request.method == .head {
            return Reply(status: 200, code: "success", headers: headers, type: "text/event-stream", body: [])
        }
        guard let listener = dash.events.listener() else {
            let message = "At most \(DashEvents.most) pages can wait for events."
            return Self.error(exchange, status: 503, code: "overloaded", message, headers: Self.retryHeaders(10))
        }
        return .stream(type: "text/event-stream", headers: headers) { @concurrent writer in
            // The place is free again when the stream ends, or if it never begins.
            defer {
                withExtendedLifetime(listener) {}
                note(exchange, status: 200, code: "success", CallNote(), isStream: true)
            }
            try await dash.events.send(isGone: exchange.isCallerGone) { @concurrent text in
                try await writer.write(ByteBuffer(string: text))
            }
            try await writer.finish(nil)
        }
    }
}
