import PurserCore

/// What happens to a call instead of a normal response.
enum Fault: String, CaseIterable {
    case throttling
    case notReady = "not-ready"
    case internalServer = "internal"
    case unavailable
    case modelTimeout = "model-timeout"
    case modelError = "model-error"
    case validation
    case quota
    case accessDenied = "access-denied"
    case notFound = "not-found"
    /// The connection is reset and nothing is billed.
    case resetBefore = "reset-before"
    /// The call is billed, and then the connection is reset.
    case resetAfter = "reset-after"
    /// The call is billed and the answer never arrives; a stream stops in the middle.
    case stall
    /// The call is billed, and the answer or the stream ends in the middle.
    case cut
    /// The call is billed, and an exception is sent in the middle of its stream; a call without a stream is answered.
    case streamException = "stream-exception"
    /// The call is billed, and a message in the middle of its stream is damaged; a call without a stream is answered.
    case badChecksum = "bad-crc"
    /// The call is billed, and its answer reports token counts that no model can have.
    case absurdUsage = "absurd"

    /// The status and name of an error response; nil if the call is billed or loses its connection.
    var error: (status: Int, name: String)? {
        switch self {
        case .throttling: (429, "ThrottlingException")
        case .notReady: (429, "ModelNotReadyException")
        case .internalServer: (500, "InternalServerException")
        case .unavailable: (503, "ServiceUnavailableException")
        case .modelTimeout: (408, "ModelTimeoutException")
        case .modelError: (424, "ModelErrorException")
        case .validation: (400, "ValidationException")
        case .quota: (400, "ServiceQuotaExceededException")
        case .accessDenied: (403, "AccessDeniedException")
        case .notFound: (404, "ResourceNotFoundException")
        case .resetBefore, .resetAfter, .stall, .cut, .streamException, .badChecksum, .absurdUsage: nil
        }
    }

    var isOfStreams: Bool {
        self == .streamException || self == .badChecksum
    }
}

/// The faults of the next calls: first a script, then probabilities.
struct FaultPlan {
    /// The faults of the next calls; nil for a call without one.
    var script: [Fault?] = []
    private var probabilities: [(fault: Fault, probability: Double)] = []

    /// Reads `NAME=PROBABILITY`.
    mutating func add(_ text: String) throws {
        let parts = text.split(separator: "=")
        guard parts.count == 2, let probability = Double(parts[1]), (0...1).contains(probability) else {
            throw FakeFault("--fault: \(text) is not of the form NAME=PROBABILITY")
        }
        guard let fault = Fault(rawValue: String(parts[0])) else { throw Self.unknown(parts[0]) }
        probabilities.append((fault, probability))
    }

    /// Reads `throttling,ok,stall`.
    static func names(_ text: String) throws -> [Fault?] {
        try text.split(separator: ",").map { name in
            if name == "ok" { return nil }
            guard let fault = Fault(rawValue: String(name)) else { throw unknown(name) }
            return fault
        }
    }

    private static func unknown(_ name: Substring) -> FakeFault {
        let known = Fault.allCases.map(\.rawValue).joined(separator: ", ")
        return FakeFault("\(name) is not a fault; use ok or one of \(known)")
    }

    /// The fault of the next call.
    mutating func next(using random: inout CallRandom) -> Fault? {
        if !script.isEmpty { return script.removeFirst() }
        guard !probabilities.isEmpty else { return nil }
        var draw = Double.random(in: 0..<1, using: &random)
        for (fault, probability) in probabilities {
            if draw < probability { return fault }
            draw -= probability
        }
        return nil
    }
}

/// The random numbers of one call, which depend only on the seed and the call's number (SplitMix64).
struct CallRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64, call: Int) {
        state = seed &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(truncatingIfNeeded: call) &* 0xd1b5_4a32_d192_ed03
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}
