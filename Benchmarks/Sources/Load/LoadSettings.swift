import Glibc

/// The settings from the flags.
struct LoadSettings {
    private(set) var address = sockaddr_in()
    /// Head and body, as they are sent.
    private(set) var request: [UInt8] = []
    private(set) var connections = 1
    /// Nil means a closed loop.
    private(set) var perSecond: Double?
    private(set) var requests = Int.max
    private(set) var seconds = 1e9
    private(set) var timeoutSeconds = 60.0
    private(set) var processes: [Int] = []

    init(_ arguments: [String]) throws {
        var (to, path, body, headers) = ("127.0.0.1:8080", "/", "", "")
        var rest = arguments[...]
        while let flag = rest.popFirst() {
            guard let value = rest.popFirst() else { throw LoadFault("\(flag) needs a value") }
            switch flag {
            case "--to": to = value
            case "--path": path = value
            case "--body": body = value
            case "--header": headers += value + "\r\n"
            case "--connections": connections = Int(try Self.number(value, flag))
            case "--rate": perSecond = try Self.number(value, flag)
            case "--requests": requests = Int(try Self.number(value, flag))
            case "--seconds": seconds = try Self.number(value, flag)
            case "--timeout-seconds": timeoutSeconds = try Self.number(value, flag)
            case "--pid": processes.append(Int(try Self.number(value, flag)))
            default: throw LoadFault("\(flag) is not a flag of this program")
            }
        }
        if let perSecond {
            // All requests that fall due are sent, however late, including those for which no connection was free in
            // time.
            requests = min(requests, Int((perSecond * seconds).rounded(.up)))
            seconds = 1e9
        }
        guard requests < .max || seconds < 1e9 else { throw LoadFault("--requests or --seconds must end the run") }
        let parts = to.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1]),
            inet_pton(AF_INET, String(parts[0]), &address.sin_addr) == 1
        else { throw LoadFault("--to must have the form 127.0.0.1:8080") }
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        if !headers.lowercased().contains("host:") { headers += "Host: \(to)\r\n" }
        if !headers.lowercased().contains("content-type:") { headers += "Content-Type: application/json\r\n" }
        let head = "POST \(path) HTTP/1.1\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n"
        request = Array((head + body).utf8)
    }

    private static func number(_ text: String, _ flag: String) throws -> Double {
        guard let number = Double(text), number > 0 else { throw LoadFault("\(flag): \(text) is not a number above 0") }
        return number
    }
}
