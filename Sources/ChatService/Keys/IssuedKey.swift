public import PurserAWS
public import PurserCore
import PurserStore

/// A new access key with its secret in the clear, which is nowhere else: to be shown once.
public struct IssuedKey: Sendable {
    /// What the store keeps.
    public let record: AccessKeyRecord
    /// 40 characters, as AWS's have.
    public let secretAccessKey: String

    /// Every id begins with it: not AWS's own `AKIA`, so that who scans for lost keys knows whose they are.
    public static let prefix = "PSR"
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    private static let secretLetters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    private static let idCharacters = 20
    private static let secretCharacters = 40

    /// Makes a key; `random` must not be guessable.
    public init(
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

    /// Makes a key from the system's random numbers.
    public init(
        team: String,
        user: String? = nil,
        models: [String]? = nil,
        at time: Timestamp,
        seal: SecretSeal
    ) {
        var random = SystemRandomNumberGenerator()
        self.init(team: team, user: user, models: models, at: time, seal: seal, using: &random)
    }

    /// Whether a text can be the id of an issued key, so that nobody looks for one that cannot.
    static func isID(_ text: String) -> Bool {
        text.utf8.count == idCharacters && text.hasPrefix(prefix)
            && text.utf8.allSatisfy {
                (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
                    || (UInt8(ascii: "2")...UInt8(ascii: "7")).contains($0)
            }
    }
}
