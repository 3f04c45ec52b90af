import CCrypto
package import PurserCore
package import PurserHTTP

/// The head of a request as received, neither decoded nor normalised.
package struct SignedRequestHead: Sendable, Equatable {
    /// `GET`, `POST` and so on.
    package var method: String
    /// The percent-encoded path, as sent.
    package var path: String
    /// The part after the `?`, as sent; nil without one.
    package var query: String?
    /// In the order in which they arrived, including `Host` (HTTP/2's `:authority`).
    package var headers: [HTTPHeader]

    package init(method: String, path: String, query: String? = nil, headers: [HTTPHeader]) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
    }
}

/// Verifies who signed a request with AWS Signature Version 4, as AWS's servers do.
///
/// The rules are those of "Create a signed AWS API request" in the AWS IAM User Guide, read strictly: anything that a
/// service like Bedrock does not use is rejected. Signatures are not remembered, so a request can be sent again while
/// its signature is current, which is five minutes either way.
///
/// ```swift
/// let verifier = SigV4Verifier()
/// let signature = try verifier.signature(of: head, at: now)
/// try verifier.verify(signature, head, body: body, key: verifier.signingKey(signature.claim, secret: secret))
/// ```
package struct SigV4Verifier: Sendable {
    /// How far the signer's clock may be off.
    package static let toleranceSeconds = 300
    static let longestTargetBytes = 8192
    static let mostHeaders = 128
    static let mostHeaderBytes = 64 << 10

    private let service: String
    private let region: String?

    /// - Parameter region: The only region that a signature may be for; nil allows any.
    package init(service: String = "bedrock", region: String? = nil) {
        self.service = service
        self.region = region
    }

    /// A signature as received, and the data that it must cover. Its form and time have been checked, but it has not
    /// been compared yet.
    package struct Signature: Sendable {
        package let claim: SigV4Claim
        /// `20150830T123600Z`.
        let dateTime: String
        /// The values of each signed header, folded and joined, in the claim's order.
        let values: [String]
        /// The hash of the body, as stated in the request.
        let payloadHash: String?
    }

    /// Reads a request's signature and checks everything that does not need the secret or the body.
    package func signature(of head: SignedRequestHead, at now: Timestamp) throws(SigV4Refusal) -> Signature {
        try checkForm(head)
        let headers = try Self.byName(head.headers)
        guard let authorization = try Self.single("authorization", headers) else { throw .notSigned }
        let claim = try SigV4Claim(authorization: authorization)
        if headers["x-amz-security-token"] != nil { throw .sessionToken }
        let dateTime = try checkTime(headers, claim, at: now)
        try checkScope(claim, dateTime)
        guard claim.signedHeaders.contains("host") else { throw .unsignedHeader("host") }
        _ = try Self.single("host", headers)
        let unsigned = headers.keys.filter { $0.hasPrefix("x-amz-") && !claim.signedHeaders.contains($0) }
        if let name = unsigned.min() { throw .unsignedHeader(Self.shown(name)) }
        var values: [String] = []
        values.reserveCapacity(claim.signedHeaders.count)
        for name in claim.signedHeaders {
            guard let given = headers[name] else {
                throw .malformed("The header \(Self.shown(name)) is signed, but the request does not have it.")
            }
            values.append(given.map(SigV4Signer.folded).joined(separator: ","))
        }
        return Signature(
            claim: claim,
            dateTime: dateTime,
            values: values,
            payloadHash: try payloadHash(headers)
        )
    }

    /// Returns the key for signatures of a day, a region and a service. It may be kept instead of the secret.
    package func signingKey(_ claim: SigV4Claim, secret: String) -> [UInt8] {
        claim.scope.signingKey(secret: secret)
    }

    /// Throws unless exactly this request was signed with the key.
    package func verify(
        _ signature: Signature,
        _ head: SignedRequestHead,
        body: [UInt8],
        key: [UInt8]
    ) throws(SigV4Refusal) {
        let hash = SHA256.hex(body)
        if let said = signature.payloadHash, said != hash {
            throw .payload("The header x-amz-content-sha256 is not the hash of the body that was received.")
        }
        let claim = signature.claim
        let names = claim.signedHeaders
        let canonical = SigV4Scope.canonicalRequest(
            method: head.method,
            path: SigV4Signer.canonicalPath(head.path, encodesTwice: true),
            query: SigV4Signer.canonicalQuery(head.query ?? ""),
            headers: zip(names, signature.values).map { $0 + ":" + $1 + "\n" }.joined(),
            names: names.joined(separator: ";"),
            payloadHash: hash
        )
        let toSign = claim.scope.stringToSign(canonical, dateTime: signature.dateTime)
        let expected = HMACSHA256.code(toSign, key: key)
        // Compare in constant time, which does not reveal how much of a guess was right.
        guard expected.count == claim.signature.count,
            CRYPTO_memcmp(expected, claim.signature, expected.count) == 0
        else { throw .mismatch }
    }

    // The form.

    private func checkForm(_ head: SignedRequestHead) throws(SigV4Refusal) {
        func isVisible(_ text: String) -> Bool {
            text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        }
        guard (1...16).contains(head.method.utf8.count),
            head.method.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else { throw .malformed("The request's method is malformed.") }
        guard head.path.utf8.count + (head.query?.utf8.count ?? 0) <= Self.longestTargetBytes else {
            throw .malformed("The request's path and query are longer than \(Self.longestTargetBytes) bytes.")
        }
        guard head.path.utf8.first == UInt8(ascii: "/"), isVisible(head.path),
            !head.path.utf8.contains(UInt8(ascii: "?")), isVisible(head.query ?? "")
        else { throw .malformed("The request's path or query has a character that must be percent-encoded.") }
        // Decode the names first, because encoding could hide them.
        for pair in (head.query ?? "").split(separator: "&") {
            let name = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)[0]
            if String(decoding: PercentEncoding.decode(name), as: UTF8.self).lowercased().hasPrefix("x-amz-") {
                throw .presigned
            }
        }
        guard head.headers.count <= Self.mostHeaders,
            head.headers.reduce(0, { $0 + $1.name.utf8.count + $1.value.utf8.count }) <= Self.mostHeaderBytes
        else {
            throw .malformed(
                "The request has more than \(Self.mostHeaders) headers or \(Self.mostHeaderBytes) bytes of headers."
            )
        }
    }

    /// Returns the values of each name, in the order in which they arrived.
    private static func byName(_ headers: [HTTPHeader]) throws(SigV4Refusal) -> [String: [String]] {
        var values: [String: [String]] = [:]
        values.reserveCapacity(headers.count)
        for header in headers {
            guard !header.name.isEmpty, header.name.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
                throw .malformed("A header of the request has a malformed name.")
            }
            // A line break would let one header be taken for two.
            guard header.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
                throw .malformed("A header of the request contains a control character.")
            }
            values[header.lowercasedName, default: []].append(header.value)
        }
        return values
    }

    private static func single(_ name: String, _ headers: [String: [String]]) throws(SigV4Refusal) -> String? {
        guard let values = headers[name] else { return nil }
        guard values.count == 1 else { throw .malformed("The request has the header \(name) twice.") }
        return values[0]
    }

    /// Returns the start of an untrusted name, for a message.
    private static func shown(_ name: String) -> String {
        String(name.prefix(64))
    }

    // The time.

    private func checkTime(
        _ headers: [String: [String]],
        _ claim: SigV4Claim,
        at now: Timestamp
    ) throws(SigV4Refusal) -> String {
        let signed: Timestamp
        let dateTime: String
        if let text = try Self.single("x-amz-date", headers) {
            guard let time = Timestamp(basicISO8601: text) else {
                throw .malformed("The header x-amz-date must be YYYYMMDD'T'HHMMSS'Z'.")
            }
            signed = time
            dateTime = text
        } else if let text = try Self.single("date", headers) {
            guard let time = Timestamp(basicISO8601: text) ?? Timestamp(httpDate: text) else {
                throw .malformed("The header Date is not an HTTP date.")
            }
            // Without x-amz-date, which must be signed like all such headers, this header dates the signature.
            guard claim.signedHeaders.contains("date") else { throw .unsignedHeader("date") }
            signed = time
            dateTime = time.basicISO8601
        } else {
            throw .malformed("The request has neither an x-amz-date header nor a Date header.")
        }
        guard now - signed <= Int64(Self.toleranceSeconds) * 1000 else {
            throw .expired(signed: dateTime, now: now.basicISO8601)
        }
        guard signed - now <= Int64(Self.toleranceSeconds) * 1000 else {
            throw .notYetCurrent(signed: dateTime, now: now.basicISO8601)
        }
        return dateTime
    }

    private func checkScope(_ claim: SigV4Claim, _ dateTime: String) throws(SigV4Refusal) {
        guard dateTime.hasPrefix(claim.day) else {
            throw .wrongScope("The Credential's day \(claim.day) does not match the request's date \(dateTime).")
        }
        guard claim.service == service else {
            throw .wrongScope("The Credential is for the service \(claim.service); it must be for \(service).")
        }
        if let region, claim.region != region {
            throw .wrongScope("The Credential is for the region \(claim.region); it must be for \(region).")
        }
    }

    // The body.

    private func payloadHash(_ headers: [String: [String]]) throws(SigV4Refusal) -> String? {
        guard let hash = try Self.single("x-amz-content-sha256", headers) else { return nil }
        if hash == "UNSIGNED-PAYLOAD" { throw .payload("The body must be signed; UNSIGNED-PAYLOAD is not accepted.") }
        if hash.hasPrefix("STREAMING-") { throw .payload("A body signed piece by piece is not accepted.") }
        guard hash.utf8.count == 64, [UInt8](lowercaseHexadecimal: hash) != nil else {
            throw .malformed("The header x-amz-content-sha256 must be 64 hexadecimal digits in lower case.")
        }
        return hash
    }
}

extension Timestamp {
    /// The form `20150830T123600Z`, as in signatures; milliseconds are cut off.
    var basicISO8601: String {
        let fields = fields
        let date = String(fields.year * 10_000 + fields.month * 100 + fields.day).leftPadded(to: 8)
        return date + "T" + String(fields.hour * 10_000 + fields.minute * 100 + fields.second).leftPadded(to: 6) + "Z"
    }

    /// Reads `20150830T123600Z` and nothing else.
    package init?(basicISO8601 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z") else { return nil }
        var fields: [Int] = []
        for (start, count) in [(0, 4), (4, 2), (6, 2), (9, 2), (11, 2), (13, 2)] {
            var value = 0
            for byte in bytes[start..<start + count] {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                value = value * 10 + Int(byte - UInt8(ascii: "0"))
            }
            fields.append(value)
        }
        let (year, month, day) = (fields[0], fields[1], fields[2])
        guard (1...12).contains(month), day >= 1, day <= CalendarMonth(year: year, month: month).days,
            fields[3] < 24, fields[4] < 60, fields[5] < 60
        else { return nil }
        self.init(year: year, month: month, day: day, hour: fields[3], minute: fields[4], second: fields[5])
    }
}
