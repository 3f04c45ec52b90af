/// The contents of a Signature Version 4 `Authorization` header, none of them trusted yet.
package struct SigV4Claim: Sendable, Equatable {
    /// The id of the key that the header names.
    package let accessKeyID: String
    /// The day of the scope, `20150830`.
    package let day: String
    package let region: String
    package let service: String
    var scope: SigV4Scope {
        SigV4Scope(day: day, region: region, service: service)
    }

    /// In lower case and in alphabetical order, without duplicates.
    package let signedHeaders: [String]
    /// 32 bytes.
    let signature: [UInt8]

    /// The longest header that is read.
    static let longestHeaderBytes = 4096
    static let mostSignedHeaders = 64

    /// Reads `AWS4-HMAC-SHA256 Credential=ID/day/region/service/aws4_request, SignedHeaders=a;b, Signature=…`; the
    /// spaces after the commas may be missing.
    package init(authorization text: String) throws(SigV4Refusal) {
        guard text.utf8.count <= Self.longestHeaderBytes else {
            throw .malformed("The Authorization header is longer than \(Self.longestHeaderBytes) bytes.")
        }
        guard text.utf8.allSatisfy({ (0x20...0x7e).contains($0) || $0 == 0x09 }) else {
            throw .malformed("The Authorization header contains a character that no signature has.")
        }
        // Only ASCII from here on, so bytes and characters are the same.
        let words = text.utf8.split(maxSplits: 1, omittingEmptySubsequences: true, whereSeparator: Self.isSpace)
        guard let scheme = words.first, scheme.elementsEqual(SigV4Scope.algorithm.utf8) else { throw .otherScheme }
        guard words.count == 2 else { throw .malformed("The Authorization header ends after its algorithm.") }
        var values: [Substring: Substring] = [:]
        for part in text[words[1].startIndex...].split(separator: ",", omittingEmptySubsequences: false) {
            let pair = Self.trimmed(part).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, Self.parts.contains(String(pair[0])) else {
                throw .malformed("The Authorization header must be \(Self.parts.joined(separator: "=…, "))=….")
            }
            guard values.updateValue(pair[1], forKey: pair[0]) == nil else {
                throw .malformed("The Authorization header has \(pair[0]) twice.")
            }
        }
        guard let credential = values["Credential"], let names = values["SignedHeaders"],
            let signature = values["Signature"]
        else {
            let missing = Self.parts.filter { values[Substring($0)] == nil }
            throw .malformed("The Authorization header has no \(missing.joined(separator: " and no ")).")
        }
        (accessKeyID, day, region, service) = try Self.scope(credential)
        signedHeaders = try Self.names(names)
        self.signature = try Self.signature(signature)
    }

    private static let parts = ["Credential", "SignedHeaders", "Signature"]

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.utf8.first, isSpace(first) { text = text.dropFirst() }
        while let last = text.utf8.last, isSpace(last) { text = text.dropLast() }
        return text
    }

    private static func scope(
        _ credential: Substring
    ) throws(SigV4Refusal) -> (id: String, day: String, region: String, service: String) {
        let parts = credential.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[4] == SigV4Scope.end else {
            throw .malformed("The Credential must be KEY/YYYYMMDD/REGION/SERVICE/aws4_request.")
        }
        guard (1...128).contains(parts[0].utf8.count), parts[0].utf8.allSatisfy({ isLetterOrDigit($0) || $0 == 0x5f })
        else { throw .malformed("The Credential's access key id is malformed.") }
        guard parts[1].utf8.count == 8, parts[1].utf8.allSatisfy(isDigit) else {
            throw .malformed("The Credential's day must be YYYYMMDD.")
        }
        // `us-east-1`, `us-gov-west-1`, `bedrock-runtime`.
        for (part, what) in [(parts[2], "region"), (parts[3], "service")] {
            guard (1...32).contains(part.utf8.count),
                part.utf8.allSatisfy({ isLowercase($0) || isDigit($0) || $0 == UInt8(ascii: "-") })
            else { throw .malformed("The Credential's \(what) is malformed.") }
        }
        return (String(parts[0]), String(parts[1]), String(parts[2]), String(parts[3]))
    }

    private static func names(_ text: Substring) throws(SigV4Refusal) -> [String] {
        let names = text.split(
            separator: ";",
            maxSplits: mostSignedHeaders,
            omittingEmptySubsequences: false
        ).map(String.init)
        guard names.count <= mostSignedHeaders else {
            throw .malformed("More than \(mostSignedHeaders) headers are signed.")
        }
        guard names.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isNameByte) }) else {
            throw .malformed("SignedHeaders must be names in lower case, separated by `;`.")
        }
        // Strictly ascending also means that no name occurs twice.
        guard zip(names, names.dropFirst()).allSatisfy({ $0.utf8.lexicographicallyPrecedes($1.utf8) }) else {
            throw .malformed("SignedHeaders must be in alphabetical order, each name once.")
        }
        return names
    }

    private static func signature(_ text: Substring) throws(SigV4Refusal) -> [UInt8] {
        guard text.utf8.count == 64, let bytes = [UInt8](lowercaseHexadecimal: text) else {
            throw .malformed("The Signature must be 64 hexadecimal digits in lower case.")
        }
        return bytes
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLowercase(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || isLowercase(byte | 0x20)
    }

    /// Returns whether a signed header's name (an RFC 9110 token) may contain the byte; signatures never have capitals.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        isLowercase(byte) || isDigit(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}

extension [UInt8] {
    /// Decodes pairs of the digits `0` to `9` and `a` to `f`; nil if the text is anything else.
    init?(lowercaseHexadecimal text: some StringProtocol) {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        self = []
        reserveCapacity(digits.count / 2)
        func value(_ byte: UInt8) -> UInt8? {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
            default: nil
            }
        }
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
            append(high << 4 | low)
        }
    }
}
