import Foundation

/// What becomes of a program's disk operations, which are counted from 1: its environment tells it.
public enum DiskPlan: Sendable, Equatable, Codable {
    case none
    /// One operation fails, or is the program's last.
    case at(Int, Fault)
    /// The program lives, and its files are copied before each operation and in the middle of each write.
    case images(Images)

    /// What happens at an operation of the disk.
    public enum Fault: String, Sendable, Codable {
        /// The process ends as by `kill -9`.
        case kill
        /// The same, after half of a write.
        case torn
        /// The process lives on with the error of a full disk.
        case full
        /// The process lives on with an error of the disk.
        case broken
    }

    public struct Images: Sendable, Equatable, Codable {
        /// What is copied: a folder with the database and all that lies beside it.
        public var folder: String
        /// Where it is copied to, once the reader is done with the copy before.
        public var copy: String
        public var lane: Lane

        public init(folder: String, copy: String, lane: Lane) {
            self.folder = folder
            self.copy = copy
            self.lane = lane
        }
    }

    /// One of several runs side by side that share the operations among them.
    public struct Lane: Sendable, Equatable, Codable {
        public var number: Int
        public var count: Int
        /// Of the operations only each of such a stride, 1 for all.
        public var stride: Int

        public init(_ number: Int, of count: Int, stride: Int = 1) {
            self.number = number
            self.count = count
            self.stride = stride
        }

        /// Whether an operation is one of the lane's. Neighbours are in one lane: between some of them nothing is written.
        public func has(_ operation: Int) -> Bool {
            operation % stride == 0 && operation / max(16, stride) % count == number
        }
    }

    private static let variable = "PURSER_FAULT"

    init(environment: [String: String]) throws {
        self = try environment[Self.variable].map { try JSONDecoder().decode(Self.self, from: Data($0.utf8)) } ?? .none
    }

    /// What tells a program of it.
    var environment: [String: String] {
        get throws {
            if self == .none { return [:] }
            return [Self.variable: String(decoding: try JSONEncoder().encode(self), as: UTF8.self)]
        }
    }
}
