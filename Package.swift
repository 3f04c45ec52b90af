// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

// For the targets in which tests spend most of their time: optimized, with their assertions. A package that others depend on
// must not have unsafe flags, so only scripts/test sets them.
let optimization: [SwiftSetting] =
    Context.environment["PURSER_OPTIMIZE"] == "1" ? [.unsafeFlags(["-O", "-assert-config", "Debug"])] : []

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let metrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

// Only for purserd. Without the trait SwiftPM neither resolves nor builds their packages: `scripts/demo` builds that way.
func daemonProduct(_ name: String, _ package: String) -> Target.Dependency {
    .product(name: name, package: package, condition: .when(traits: ["Daemon"]))
}
let hummingbird = daemonProduct("Hummingbird", "hummingbird")
let hummingbirdCore = daemonProduct("HummingbirdCore", "hummingbird")
let hummingbirdTLS = daemonProduct("HummingbirdTLS", "hummingbird")
let lifecycle = daemonProduct("ServiceLifecycle", "swift-service-lifecycle")
let unixSignals = daemonProduct("UnixSignals", "swift-service-lifecycle")
let nioCore = daemonProduct("NIOCore", "swift-nio")
let nioHTTPTypes = daemonProduct("NIOHTTPTypes", "swift-nio-extras")
let httpTypes = daemonProduct("HTTPTypes", "swift-http-types")

// Lowest first: a target may depend only on targets above it.
let package = Package(
    name: "purser",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "purser", targets: ["PurserCLI"]),
        .executable(name: "purserd", targets: ["PurserServer"]),
        .library(name: "Purser", targets: ["Purser"]),
    ],
    traits: [
        .default(enabledTraits: ["Daemon"]),
        .trait(name: "Daemon", description: "purserd, the chat service over HTTP."),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
        // Only for purserd: `purser` never links them.
        .package(
            url: "https://github.com/hummingbird-project/hummingbird",
            from: "2.28.1",
            // Without its default ConfigurationSupport: purserd has its own reader of settings.
            traits: ["FullFoundation"]
        ),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // Hummingbird's own dependencies, named because purserd uses their types.
        .package(url: "https://github.com/apple/swift-nio", from: "2.100.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.7.0"),
    ],
    targets: [
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CThread"),
        .target(name: "CEmbeddedFiles"),
        .target(name: "PurserCore", dependencies: ["CEmbeddedFiles"], swiftSettings: settings + optimization),
        .target(
            name: "PurserStore",
            dependencies: ["PurserCore", grdb, sqlite],
            swiftSettings: settings + optimization
        ),
        .target(name: "PurserRender", dependencies: ["PurserCore"], swiftSettings: settings + optimization),
        .target(name: "PurserHTTP", dependencies: ["CCurl"], swiftSettings: settings),
        .target(name: "PurserAWS", dependencies: ["PurserCore", "PurserHTTP", "CCrypto"], swiftSettings: settings),
        .target(
            name: "ChatService",
            dependencies: ["PurserCore", "PurserStore", "PurserHTTP", "PurserAWS", metrics],
            swiftSettings: settings + optimization
        ),
        .target(
            name: "PurserImport",
            dependencies: ["PurserCore", "CZlib", yams],
            swiftSettings: settings + optimization
        ),
        .target(
            name: "Purser",
            dependencies: [
                "PurserCore", "PurserStore", "PurserAWS", "ChatService", "PurserImport", "CThread", metrics, logging,
            ],
            swiftSettings: settings + optimization
        ),
        .executableTarget(
            name: "PurserCLI",
            dependencies: [
                "PurserCore", "PurserStore", "PurserRender", "PurserHTTP", "PurserAWS", "ChatService", "Purser",
                argumentParser,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "PurserSignIn",
            dependencies: ["PurserCore", "PurserHTTP", "PurserAWS", "ChatService", "CCrypto"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "PurserServer",
            dependencies: [
                "PurserCore", "PurserStore", "PurserRender", "PurserHTTP", "PurserAWS", "ChatService", "Purser",
                "PurserSignIn", logging, hummingbird, hummingbirdCore, hummingbirdTLS, lifecycle, unixSignals, nioCore,
                nioHTTPTypes, httpTypes,
            ],
            swiftSettings: settings
        ),

        .target(name: "FaultyDisk", path: "Tests/FaultyDisk", linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(
            name: "TestSupport",
            dependencies: ["FaultyDisk", "PurserAWS", "PurserCore", "PurserHTTP", "PurserStore", grdb],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "StoreFault",
            dependencies: ["PurserCore", "PurserStore", "TestSupport"],
            path: "Tests/StoreFault",
            swiftSettings: settings
        ),
        .systemLibrary(name: "CEpoll", path: "Tests/CEpoll"),
        .executableTarget(
            name: "FakeBedrock",
            dependencies: ["CEpoll", "PurserAWS", "PurserCore"],
            path: "Tests/FakeBedrock",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "AlarmFault",
            dependencies: ["Purser", "PurserAWS", "PurserCore", "PurserStore", "TestSupport"],
            path: "Tests/AlarmFault",
            swiftSettings: settings
        ),
        .testTarget(
            name: "PurserCoreTests",
            dependencies: ["PurserCore", "TestSupport"],
            exclude: ["Golden"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PurserStoreTests",
            dependencies: ["PurserCore", "PurserStore", "StoreFault", "TestSupport", grdb],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PurserRenderTests",
            dependencies: ["PurserAWS", "PurserCore", "PurserRender"],
            exclude: ["Golden"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PurserHTTPTests",
            dependencies: ["PurserCore", "PurserHTTP", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PurserAWSTests",
            dependencies: ["FakeBedrock", "PurserCore", "PurserHTTP", "PurserAWS", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ChatServiceTests",
            dependencies: [
                "PurserCore", "PurserStore", "PurserHTTP", "PurserAWS", "ChatService", "TestSupport", metrics,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PurserTests",
            dependencies: [
                "PurserCore", "PurserStore", "PurserRender", "PurserAWS", "ChatService", "PurserImport", "Purser",
                "TestSupport", "AlarmFault", metrics,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PurserCLITests",
            dependencies: ["PurserCLI", "PurserCore", "PurserRender", "PurserStore", "TestSupport", grdb],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PurserSignInTests",
            dependencies: [
                "CCrypto", "ChatService", "PurserAWS", "PurserCore", "PurserSignIn", "PurserStore", "TestSupport",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PurserServerTests",
            dependencies: [
                "ChatService", "FakeBedrock", "Purser", "PurserAWS", "PurserCLI", "PurserCore", "PurserHTTP",
                "PurserServer", "PurserStore", "TestSupport",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TidyTests",
            dependencies: ["PurserAWS", "PurserCore", "TestSupport"],
            swiftSettings: settings
        ),
    ],
    cLanguageStandard: .c2x
)

// The programs of `Benchmarks/` use what only this package's own targets see, so they are targets of it. Their scripts and
// scripts/test set this variable; no other build includes them.
if Context.environment["PURSER_BENCHMARKS"] == "1" {
    package.targets += [
        .executableTarget(
            name: "Benchmarks",
            dependencies: ["PurserCore", "PurserStore", "Purser", metrics, grdb],
            path: "Benchmarks/Sources/Benchmarks",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "AlarmSimulation",
            dependencies: ["PurserCore", "Purser"],
            path: "Benchmarks/Sources/AlarmSimulation",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "Compare",
            dependencies: ["PurserCore", "PurserStore"],
            path: "Benchmarks/Sources/Compare",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "Load",
            dependencies: ["CEpoll"],
            path: "Benchmarks/Sources/Load",
            swiftSettings: settings
        ),
    ]
}
