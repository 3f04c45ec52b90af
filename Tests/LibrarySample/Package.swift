// swift-tools-version: 6.2

import PackageDescription

// A user's package with the README's example: it sees of Purser what every other package sees.
let package = Package(
    name: "LibrarySample",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "purser", path: "../..", traits: []),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    ],
    targets: [
        .executableTarget(
            name: "LibrarySample",
            dependencies: [
                .product(name: "Purser", package: "purser"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
        )
    ]
)
