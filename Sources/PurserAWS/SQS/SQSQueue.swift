import Foundation
package import PurserHTTP

/// An Amazon SQS queue, identified by its URL.
package struct SQSQueue: Sendable, Equatable {
    /// As the URL was given.
    package let url: HTTPURL
    /// From the URL's host, or else from the environment or the profile.
    package let region: String

    /// Reads `https://sqs.eu-central-1.amazonaws.com/111122223333/letters`; throws ``SQSQueueError`` with what is
    /// wrong.
    ///
    /// - Parameters:
    ///   - environment: The source of the region if the host does not name one.
    ///   - readFile: Reads the shared files for the profile's region.
    package init(
        _ text: String,
        environment: [String: String],
        readFile: @Sendable (String) throws -> [UInt8]? = CredentialChain.read
    ) throws(SQSQueueError) {
        do {
            url = try HTTPURL(text)
        } catch {
            throw .url(error)
        }
        let parts = url.path.split(separator: "/")
        guard let name = parts.last, parts.count >= 2, !url.path.hasSuffix("/"), url.query == nil else {
            throw .notAQueue(text)
        }
        // A queue's name has letters, digits, hyphens and underscores; a FIFO queue's ends in .fifo.
        let plain = name.hasSuffix(".fifo") ? name.dropLast(5) : name
        guard !plain.isEmpty, plain.utf8.allSatisfy(Self.isOfName) else { throw .notAQueue(text) }
        let fallback = try? SharedProfiles(environment, readFile: readFile).region
        guard let region = Self.region(ofHost: url.host) ?? fallback, !region.isEmpty else { throw .noRegion }
        self.region = region
    }

    /// Whether the queue keeps messages in order and accepts only one message with the same id (within five minutes).
    package var isFIFO: Bool {
        url.path.hasSuffix(".fifo")
    }

    /// The public hosts are `sqs.REGION.amazonaws.com` and the older `REGION.queue.amazonaws.com` and
    /// `queue.amazonaws.com`; an endpoint in a VPC is `….sqs.REGION.vpce.amazonaws.com`.
    private static func region(ofHost host: String) -> String? {
        let labels = host.lowercased().split(separator: ".").map(String.init)
        guard host.lowercased().hasSuffix(".amazonaws.com") || host.lowercased().hasSuffix(".amazonaws.com.cn") else {
            return nil
        }
        if let index = labels.firstIndex(where: { $0 == "sqs" || $0 == "sqs-fips" }), index + 1 < labels.count {
            return labels[index + 1] == "amazonaws" ? nil : labels[index + 1]
        }
        guard let index = labels.firstIndex(of: "queue") else { return nil }
        return index == 0 ? "us-east-1" : labels[index - 1]
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// Why a text does not name a usable queue.
package enum SQSQueueError: Error, Sendable, Equatable, CustomStringConvertible {
    case url(HTTPURLError)
    case notAQueue(String)
    case noRegion

    package var description: String {
        switch self {
        case .url(let error): error.description
        case .notAQueue(let text):
            "\"\(text)\" is not a queue URL like https://sqs.eu-central-1.amazonaws.com/111122223333/letters"
        case .noRegion: "the queue's host does not name a region; set AWS_REGION"
        }
    }
}
