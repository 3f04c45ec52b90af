import PurserCore
import Synchronization

extension ChatService {
    /// Returns the price row that a call of a model is admitted with.
    func price(for name: String, at time: Timestamp) throws(ChatRefusal) -> Price {
        do {
            return try prices.price(for: name, at: time)
        } catch {
            throw .unpricedModel(error)
        }
    }

    /// Returns whether a model, named by its id or an ARN, has a price now.
    package func hasPrice(_ name: String) -> Bool {
        (try? prices.price(for: name, at: clock.now())) != nil
    }

    /// Returns the instruments of a model that has a price, by its id even if it is called by an ARN. All other models
    /// share one set, because any caller can make up a model id.
    func instruments(for name: String) -> ChatInstruments {
        let short = CalledModel(name).shortName
        // A model that had a price keeps its name while its last calls end, even if a new price file lacks it.
        if let known = instruments.withLock({ $0[short] }) { return known }
        let isKnown = name == configuration.modelId || hasPrice(name)
        let label = isKnown ? short : Self.unknownModelId
        return instruments.withLock { instruments in
            if let known = instruments[label] { return known }
            let new = ChatInstruments(metrics, modelId: label)
            instruments[label] = new
            return new
        }
    }

    /// The `ModelId` under which metrics about models without a price are recorded.
    package static let unknownModelId = "(unknown)"
}
