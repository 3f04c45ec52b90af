import PurserCore

/// A reader of data that other programs or people wrote.
enum FuzzedReader: String, CaseIterable {
    case json
    case csv
    case deadLetter = "dead-letter"
    case converse
    case chat
    case answer
    case emf
    case otlp
    case openmetrics
    case bedrockLog = "bedrock-log"
    case putMetricData = "put-metric-data"
    case yaml
    case dashboard
    case expression
    case token

    /// The time that readers take for now.
    static let now = Timestamp(year: 2026, month: 11, day: 24, hour: 12)
    /// The shipped prices; without them there would be nothing to test.
    static let prices: PriceCatalog = {
        do {
            return try PriceCatalog.shipped()
        } catch {
            fatalError("the shipped prices cannot be read: \(error)")
        }
    }()

    /// Reads an input, and uses the result as the programs do.
    func read(_ input: [UInt8]) {
        let text = String(decoding: input, as: UTF8.self)
        switch self {
        case .json: Self.json(text)
        case .csv: Self.csv(text)
        case .deadLetter: Self.deadLetter(text)
        case .converse: Self.converse(input)
        case .chat: Self.chat(input)
        case .answer: Self.answer(input)
        case .emf: Self.emf(text)
        case .otlp: Self.otlp(text)
        case .openmetrics: Self.openmetrics(text)
        case .bedrockLog: Self.bedrockLog(text)
        case .putMetricData: Self.putMetricData(text)
        case .yaml: Self.yaml(text)
        case .dashboard: Self.dashboard(text)
        case .expression: Self.expression(text)
        case .token: Self.token(text)
        }
    }
}
