import PurserAWS
import PurserCore
import PurserHTTP

private let now = Timestamp(year: 2026, month: 11, day: 23, hour: 14)
private let verifier = SigV4Verifier()

/// Reads an input as a request with one part per line: the method, path, query and headers as `name:value`, then an
/// empty line and the body. No input may crash the process, and no signature may be accepted, because the key was never
/// used to sign.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    _ = try? SigV4Claim(authorization: text)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.count >= 3 else { return 0 }
    let end = lines.firstIndex(of: "") ?? lines.count
    let headers = lines[3..<max(3, end)].map { line in
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return HTTPHeader(String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
    let head = SignedRequestHead(
        method: lines[0],
        path: lines[1],
        query: lines[2] == "-" ? nil : lines[2],
        headers: headers
    )
    let body = Array(lines[min(end, lines.count)...].joined(separator: "\n").utf8)
    do throws(SigV4Refusal) {
        let signature = try verifier.signature(of: head, at: now)
        try verifier.verify(signature, head, body: body, key: verifier.signingKey(signature.claim, secret: "secret"))
    } catch {
        precondition(error.message.utf8.count < 400, "the message is too long")
        return 0
    }
    preconditionFailure("a forged signature was accepted")
}
