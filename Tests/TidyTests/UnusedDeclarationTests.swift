import TestSupport
import Testing

/// Looks for declarations that no program uses.
@Suite struct UnusedDeclarationTests {
    /// The declarations that the sources do not use, by what uses them.
    private static let exceptions: [String: Set<String>] = [
        "swift-metrics": [
            "reset()", "decrement(by:)", "makeCounter(label:dimensions:)",
            "makeFloatingPointCounter(label:dimensions:)", "makeRecorder(label:dimensions:aggregate:)",
            "makeMeter(label:dimensions:)", "makeTimer(label:dimensions:)", "destroyCounter(_:)",
            "destroyFloatingPointCounter(_:)", "destroyRecorder(_:)", "destroyMeter(_:)", "destroyTimer(_:)",
        ],
        "swift-argument-parser": ["init(argument:)", "validate()", "defaultValueDescription", "allValueStrings"],
        "swift-nio and Hummingbird": [
            "InboundIn", "InboundOut", "OutboundIn", "OutboundOut", "handlerAdded(context:)",
            "handlerRemoved(context:)", "channelInactive(context:)", "channelWritabilityChanged(context:)",
            "channelRead(context:data:)", "userInboundEventTriggered(context:event:)", "respond(to:context:)",
            "init(source:)",
        ],
        "the standard library": [
            "debugDescription", "customMirror", "enqueue(_:)", "init(stringLiteral:)", "init(integerLiteral:)",
            "init(floatLiteral:)", "init(booleanLiteral:)", "init(nilLiteral:)",
            "init(stringInterpolation:)", "init(literalCapacity:interpolationCount:)", "appendLiteral(_:)",
            "appendInterpolation(_:)",
        ],
        "the compiler: @main, and values that are called like functions": [
            "PurserServer", "callAsFunction(_:_:)",
        ],
        "files and arguments, by the raw value": [
            "listed", "monthly", "greaterThan",
        ],
        "memory: it keeps two lanes off one cache line": ["padding"],
        "services that use the library": ["init(path:limits:logger:)"],
        "tests of sign-in, to see which state the keys are in": ["areUsable", "waitingCount"],
    ]

    @Test("every declaration is used by a program")
    func unused() throws {
        let exceptions = Self.exceptions.values.reduce(into: Set()) { $0.formUnion($1) }
        let sources = try Repository.sources.map { (path: $0, file: SwiftFile(try Repository.text($0))) }
        let companions = try Repository.companions.map { SwiftFile(try Repository.text($0)) }
        let uses = (sources.map(\.file) + companions).reduce(into: [:]) { uses, file in
            uses.merge(file.uses) { $0.union($1) }
        }
        var unused: Set<String> = []
        for (path, file) in sources {
            for declaration in file.declarations where !declaration.isUsed(in: uses) {
                unused.insert(declaration.title)
                let isKnown = exceptions.contains(declaration.title)
                #expect(isKnown, "\(path):\(declaration.line) \(declaration.title) is unused, or used only by tests")
            }
        }
        #expect(exceptions.subtracting(unused) == [], "these are used or gone, so they need no exception")
    }
}
