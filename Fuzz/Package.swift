// swift-tools-version: 6.2

import PackageDescription

// A separate package, so that users of Purser never build it: `scripts/fuzz` does. The sources are Purser's own, through a
// link, and compiled again so that libFuzzer sees which of their branches an input takes.
let instrumented: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    // FuzzReaders calls a few readers that only their own module and its tests can see.
    .unsafeFlags(["-parse-as-library", "-enable-testing"]),
]

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let metrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "Fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    ],
    targets: [
        .systemLibrary(name: "CCurl", path: "Purser/CCurl", pkgConfig: "libcurl"),
        .systemLibrary(name: "CCrypto", path: "Purser/CCrypto", pkgConfig: "libcrypto"),
        .systemLibrary(name: "CZlib", path: "Purser/CZlib", pkgConfig: "zlib"),
        .target(name: "CEmbeddedFiles", path: "Purser/CEmbeddedFiles"),
        .target(
            name: "PurserCore",
            dependencies: ["CEmbeddedFiles"],
            path: "Purser/PurserCore",
            swiftSettings: instrumented
        ),
        .target(
            name: "PurserHTTP",
            dependencies: ["CCurl"],
            path: "Purser/PurserHTTP",
            swiftSettings: instrumented
        ),
        .target(
            name: "PurserAWS",
            dependencies: ["PurserCore", "PurserHTTP", "CCrypto"],
            path: "Purser/PurserAWS",
            swiftSettings: instrumented
        ),
        .target(
            name: "PurserStore",
            dependencies: ["PurserCore", grdb],
            path: "Purser/PurserStore",
            swiftSettings: instrumented
        ),
        .target(
            name: "ChatService",
            dependencies: ["PurserCore", "PurserStore", "PurserHTTP", "PurserAWS", metrics],
            path: "Purser/ChatService",
            swiftSettings: instrumented
        ),
        .target(
            name: "PurserImport",
            dependencies: ["PurserCore", "CZlib", yams],
            path: "Purser/PurserImport",
            swiftSettings: instrumented
        ),
        .target(
            name: "PurserSignIn",
            dependencies: ["PurserCore", "PurserHTTP", "PurserAWS", "ChatService", "CCrypto"],
            path: "Purser/PurserSignIn",
            swiftSettings: instrumented
        ),
        .executableTarget(
            name: "FuzzSigV4",
            dependencies: ["PurserCore", "PurserHTTP", "PurserAWS"],
            path: "Targets/FuzzSigV4",
            swiftSettings: instrumented
        ),
        .executableTarget(
            name: "FuzzEventStream",
            dependencies: ["PurserAWS"],
            path: "Targets/FuzzEventStream",
            swiftSettings: instrumented
        ),
        .executableTarget(
            name: "FuzzReaders",
            dependencies: ["PurserCore", "PurserImport", "ChatService", "PurserSignIn"],
            path: "Targets/FuzzReaders",
            swiftSettings: instrumented
        ),
    ],
    cLanguageStandard: .c2x
)
