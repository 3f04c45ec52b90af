import Configuration
import Hummingbird
import HummingbirdTLS
import ServiceLifecycle

@main
struct PurserServer {
    static func main() async throws {
        let router = Router()
        router.get("/health") { _, _ in "ok" }
        try await Application(router: router).runService()
    }
}
