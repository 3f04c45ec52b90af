import ChatService
import Logging
import Purser
import PurserCore
import Synchronization

/// Reads the price file again when it changes, and when the operator asks for it.
///
/// A file with a fault, or without a price for a model that the settings name, is not used: the former prices stay.
final class PriceWatch: Sendable {
    private let settings: DaemonSettings
    private let book: PriceBook
    private let clock: ServiceClock
    private let log: ServiceLog
    /// The files as they were when the prices were last read, or could not be read.
    private let seen: Mutex<[FileStamp?]>

    /// - Parameter stamps: The files as they were before the prices in the book were read.
    init(_ settings: DaemonSettings, _ book: PriceBook, stamps: [FileStamp?], clock: ServiceClock, log: ServiceLog) {
        self.settings = settings
        self.book = book
        self.clock = clock
        self.log = log
        seen = Mutex(stamps)
    }

    /// Whether there are files that can change.
    var hasFiles: Bool { !settings.prices.paths.isEmpty }

    /// Reads the prices again if a file has changed.
    func readIfChanged() {
        seen.withLock { seen in
            let stamps = settings.prices.stamps
            if stamps != seen { read(stamps, &seen) }
        }
    }

    /// Reads the prices again, even if no file has changed.
    func read() {
        guard hasFiles else {
            log.event(.info, "there is no price file to read again: PURSER_PRICES is not set")
            return
        }
        seen.withLock { read(settings.prices.stamps, &$0) }
    }

    private func read(_ stamps: [FileStamp?], _ seen: inout [FileStamp?]) {
        seen = stamps
        do throws(Diagnostics) {
            if stamps.contains(where: { $0?.isRegular == false }) {
                throw Diagnostics([
                    Diagnostic(file: "settings", "a price file that is not a regular file can be read only once")
                ])
            }
            let catalog = try settings.prices.read()
            // A file that changed while it was read may be incomplete; the next check reads it.
            guard settings.prices.stamps == stamps else { return seen = [] }
            let faults = settings.priceFaults(catalog, region: book.region, at: clock.now())
            if !faults.isEmpty { throw Diagnostics(faults) }
            book.replace(with: catalog)
            log.event(
                .info,
                "the prices were read",
                [
                    .init("file", .string(catalog.file)), .init("rows", .integer(catalog.prices.count)),
                    .init("arns", .integer(catalog.arns.rows.count)),
                ]
            )
        } catch {
            log.event(
                .error,
                "the prices could not be read, so the former ones stay in use",
                [.init("faults", .array(error.all.map { .string($0.description) }))]
            )
        }
    }
}

extension PriceSettings {
    /// The state of the files that the prices come from.
    var stamps: [FileStamp?] {
        paths.map(FileStamp.init)
    }
}
