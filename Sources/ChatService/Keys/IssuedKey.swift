package import PurserAWS
package import PurserCore

/// A new access key with its secret in plain text. The secret is stored nowhere else, so it must be shown once.
package struct IssuedKey: Sendable {
    /// The record that the store keeps.
    package let record: AccessKeyRecord
    /// 40 characters, like AWS's.
    package let secretAccessKey: String

    /// The prefix of every id. It is not AWS's own `AKIA`, so scanners for leaked keys can recognise whose key it is.
    package static let prefix = "PSR"
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    private static let secretLetters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    private static let idCharacters = 20
    private static let secretCharacters = 40

    /// Creates a key; `random` must not be guessable.
    package init(
        team: String,
        user: String? = nil,
        models: [String]? = nil,
        at time: Timestamp,
        seal: SecretSeal,
        using random: inout some RandomNumberGenerator
    ) {
        func text(_ letters: [Character], _ count: Int) -> String {
            String((0..<count).map { _ in letters[Int.random(in: letters.indices, using: &random)] })
        }
        let id = Self.prefix + text(Self.letters, Self.idCharacters - Self.prefix.count)
        secretAccessKey = text(Self.secretLetters, Self.secretCharacters)
        record = AccessKeyRecord(
            id: id,
            sealedSecret: seal.seal(secretAccessKey, id: id),
            team: team,
            user: user,
            models: models,
            created: time
        )
    }

    /// Creates a key with the system's random number generator.
    package init(
        team: String,
        user: String? = nil,
        models: [String]? = nil,
        at time: Timestamp,
        seal: SecretSeal
    ) {
        var random = SystemRandomNumberGenerator()
        self.init(team: team, user: user, models: models, at: time, seal: seal, using: &random)
    }

    /// Returns whether a text can be the id of an issued key; impossible ids are not looked up.
    static func isID(_ text: String) -> Bool {
        text.utf8.count == idCharacters && text.hasPrefix(prefix)
            && text.utf8.allSatisfy {
                (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
                    || (UInt8(ascii: "2")...UInt8(ascii: "7")).contains($0)
            }
    }
}
