import ChatService
import Logging
import Purser
import PurserAWS
import PurserCore
import PurserHTTP
import PurserSignIn
import PurserStore
import ServiceLifecycle

/// How callers are authenticated, on either interface.
struct Callers: Sendable {
    let signIn: Doors.SignIn
    /// Whether ``signIn`` accepts only callers with credentials.
    let needsSignIn: Bool
    let keyCheck: Doors.KeyCheck?
    /// The services that must be running for this to work.
    let services: [any Service]

    init(
        _ settings: DaemonSettings,
        _ store: Store,
        backend: Backend,
        clock: ServiceClock,
        log: ServiceLog
    ) async throws {
        let check = Self.keyCheck(settings, store, region: backend.region, clock, log)
        let web = backend.web
        if case .none = settings.authentication { needsSignIn = false } else { needsSignIn = true }
        switch settings.authentication {
        case .none:
            signIn = { _ throws(ChatRefusal) in Principal(caller: Caller()) }
            // If keys were set up, they are required; otherwise programs on this machine may call freely.
            if let check {
                keyCheck = check
            } else {
                keyCheck = { [region = backend.region] exchange throws(ChatRefusal) in
                    // Any signature is accepted, but not one for another Region, whose prices and models may differ.
                    if let claim = exchange.signatureClaim { try AccessKeys.check(claim, isFor: region) }
                    return Claim(Principal(caller: Caller()))
                }
            }
            services = []
        case .keys:
            signIn = { _ throws(ChatRefusal) in
                throw .forbidden("This service is for programs with access keys (PURSERD_AUTH=keys).")
            }
            keyCheck = check
            services = []
        case .cognito(let cognito):
            let keys = JWKSKeys(source: cognito.keys, clock: clock, fetch: { try await Self.fetch($0, web) }) {
                Self.report($0, log)
            }
            try await keys.start()
            let verifier = CognitoVerifier(settings: cognito, keys: keys, clock: clock)
            signIn = { headers throws(ChatRefusal) in
                do throws(SignInFault) {
                    return try await verifier.verify(authorization: headers).principal
                } catch {
                    var members = [JSONValue.Member("reason", .string(error.reason))]
                    if let detail = error.detail { members.append(.init("detail", .string(detail))) }
                    log.event(.warning, "a sign-in was refused", members)
                    throw error.refusal
                }
            }
            keyCheck = check
            services = [KeysService(keys: keys)]
        }
    }

    /// Returns the check of issued keys, if there is a secret to open them with.
    private static func keyCheck(
        _ settings: DaemonSettings,
        _ store: Store,
        region: String?,
        _ clock: ServiceClock,
        _ log: ServiceLog
    ) -> Doors.KeyCheck? {
        guard let seal = settings.keysSeal else { return nil }
        // The store is busy while a group of calls is committed: only these look-ups wait for it.
        let work = BlockingWork("keys")
        let issued = AccessKeys(
            seal: seal,
            region: region,
            clock: clock,
            lookUp: { id in try await work.perform { try store.accessKey(id) } },
            noteUse: { id, time in try await work.perform { try store.noteUse(ofAccessKey: id, at: time) } },
            reportError: { error in
                log.event(.error, "an access key could not be read", [.init("error", .string("\(error)"))])
            }
        )
        return { exchange throws(ChatRefusal) in try await issued.authenticate(exchange.signedHead) }
    }

    /// Reads the user pool's keys while the daemon runs.
    private struct KeysService: Service {
        let keys: JWKSKeys

        func run() async throws {
            await cancelWhenGracefulShutdown { await keys.run() }
        }
    }

    private static func report(_ report: JWKSKeys.Report, _ log: ServiceLog) {
        switch report {
        case .read(let keys, let ignored):
            log.event(
                .info,
                "the user pool's keys were read",
                [.init("keys", .integer(keys)), .init("ignored", .integer(ignored))]
            )
        case .failed(let why, let kept):
            log.event(
                .error,
                "the user pool's keys could not be read",
                [.init("error", .string(why)), .init("keptKeys", .integer(kept))]
            )
        }
    }

    private static func fetch(_ url: String, _ web: HTTPConnections) async throws -> [UInt8] {
        let answer = try await web.send(HTTPRequest(url: HTTPURL(url)), timeoutSeconds: 10)
        guard answer.status == 200 else {
            throw Diagnostics([Diagnostic(file: url, "responded with status \(answer.status)")])
        }
        return answer.body
    }
}
