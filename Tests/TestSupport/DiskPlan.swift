/// What becomes of a program's disk operations, which are counted from 1: its environment tells it.
public enum DiskPlan: Sendable, Equatable {
    case none
    /// One operation fails, or is the program's last.
    case at(Int, Fault)
    /// The program lives, and its files are copied before each operation and in the middle of each write.
    case images(Images)

    /// What happens at an operation of the disk.
    public enum Fault: String, Sendable {
        /// The process ends as by `kill -9`.
        case kill
        /// The same, after half of a write.
        case torn
        /// The process lives on with the error of a full disk.
        case full
        /// The process lives on with an error of the disk.
        case broken
    }

    public struct Images: Sendable, Equatable {
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
    public struct Lane: Sendable, Equatable {
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

    init(environment: [String: String]) {
        let words = environment[Self.variable, default: ""].split(separator: "\t").map(String.init)
        let numbers = words.compactMap { Int($0) }
        if words.count == 2, numbers.count == 1, let fault = Fault(rawValue: words[1]) {
            self = .at(numbers[0], fault)
        } else if words.count == 5, numbers.count == 3 {
            let lane = Lane(numbers[0], of: numbers[1], stride: numbers[2])
            self = .images(Images(folder: words[3], copy: words[4], lane: lane))
        } else {
            self = .none
        }
    }

    /// What tells a program of it.
    var environment: [String: String] {
        switch self {
        case .none: [:]
        case .at(let number, let fault): [Self.variable: "\(number)\t\(fault.rawValue)"]
        case .images(let images):
            [
                Self.variable: [
                    "\(images.lane.number)", "\(images.lane.count)", "\(images.lane.stride)", images.folder,
                    images.copy,
                ].joined(separator: "\t")
            ]
        }
    }
}
