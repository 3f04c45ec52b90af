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

// Lowest first: a target may depend only on targets above it.
let package = Package(
    name: "purser",
    platforms: [.macOS(.v15)],
    products: [],
    dependencies: [],
    targets: [
        .target(name: "CEmbeddedFiles"),
        .target(name: "PurserCore", dependencies: ["CEmbeddedFiles"], swiftSettings: settings),
        .testTarget(
            name: "PurserCoreTests",
            dependencies: ["PurserCore"],
            exclude: ["Golden"],
            swiftSettings: settings
        ),
    ],
    cLanguageStandard: .c2x
)
