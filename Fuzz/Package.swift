// swift-tools-version: 6.2

import PackageDescription

// A separate package, so that users of Purser never build it: `scripts/fuzz` does. The sources are Purser's own, through a
// link, and compiled again so that libFuzzer sees which of their branches an input takes.
let instrumented: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .unsafeFlags(["-parse-as-library"]),
]

let package = Package(
    name: "Fuzz",
    platforms: [.macOS(.v15)],
    targets: [
        .systemLibrary(name: "CCurl", path: "Purser/CCurl", pkgConfig: "libcurl"),
        .systemLibrary(name: "CCrypto", path: "Purser/CCrypto", pkgConfig: "libcrypto"),
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
    ],
    cLanguageStandard: .c2x
)
