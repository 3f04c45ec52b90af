import Foundation

/// What happens at a program's disk operations, which are counted from 1; the program reads it from its environment.
package enum DiskPlan: Sendable, Equatable, Codable {
    case none
    /// One operation fails, or is the program's last.
    case at(Int, Fault)
    /// The program continues, and its files are copied before each operation and in the middle of each write.
    case images(Images)

    /// What happens at a disk operation.
    package enum Fault: String, Sendable, Codable {
        /// The process ends as if by `kill -9`.
        case kill
        /// The process ends as if by `kill -9`, after half of a write.
        case torn
        /// The process continues with the error of a full disk.
        case full
        /// The process continues with a disk error.
        case broken
    }

    package struct Images: Sendable, Equatable, Codable {
        /// The folder to copy: the database and all files next to it.
        package var folder: String
        /// The folder for the copy, written once the reader is done with the previous copy.
        package var copy: String
        package var lane: Lane

        package init(folder: String, copy: String, lane: Lane) {
            self.folder = folder
            self.copy = copy
            self.lane = lane
        }
    }

    /// One of several parallel runs that divide the operations among them.
    package struct Lane: Sendable, Equatable, Codable {
        package var number: Int
        package var count: Int
        /// Only operations at multiples of this stride are taken; 1 takes all.
        package var stride: Int

        package init(_ number: Int, of count: Int, stride: Int = 1) {
            self.number = number
            self.count = count
            self.stride = stride
        }

        /// Whether an operation is in the lane. Neighbours share a lane, because nothing is written between some of
        /// them.
        package func has(_ operation: Int) -> Bool {
            operation % stride == 0 && operation / max(16, stride) % count == number
        }
    }

    private static let variable = "PURSER_FAULT"

    init(environment: [String: String]) throws {
        self = try environment[Self.variable].map { try JSONDecoder().decode(Self.self, from: Data($0.utf8)) } ?? .none
    }

    /// The variables that pass the plan to a program.
    var environment: [String: String] {
        get throws {
            if self == .none { return [:] }
            return [Self.variable: String(decoding: try JSONEncoder().encode(self), as: UTF8.self)]
        }
    }
}
