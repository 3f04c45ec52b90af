import Foundation
package import PurserCore

/// An SNS that computes every signature itself; each test has its own account there.
package enum SignedSNS {
    private struct Ready: Decodable {
        let port: Int
    }

    package struct Account: Sendable {
        private let peer: PeerProcess
        package let endpoint: String
        /// Its access key's id.
        package let key: String

        fileprivate init(peer: PeerProcess, endpoint: String, key: String) {
            self.peer = peer
            self.endpoint = endpoint
            self.key = key
        }

        /// Returns the messages that were accepted, in order.
        package func taken<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try peer.ask(["taken": .string(key)], for: type)
        }

        /// Returns the messages that were accepted, in order.
        package func taken() throws -> [JSONValue] {
            try peer.ask(["taken": .string(key)]).array ?? []
        }
    }

    /// Opens an account.
    ///
    /// - Parameter settings: `fail`, `loseAnswers`, `maxSkewSeconds` and `sessionToken`, as `signed_sns.py` describes them.
    package static func account(_ settings: [JSONValue.Member] = []) throws -> Account {
        let peer = try PeerProcess.shared("signed_sns.py")
        let port = try peer.ready(Ready.self).port
        let key = "AKID" + String(UUID().uuidString.filter { $0 != "-" }.prefix(16))
        _ = try peer.ask(.object([.init("open", .string(key))] + settings))
        return Account(peer: peer, endpoint: "http://127.0.0.1:\(port)", key: key)
    }
}
