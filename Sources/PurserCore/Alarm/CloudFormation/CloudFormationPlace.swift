/// A value of a template, its path for messages, and what it is used for.
struct CloudFormationPlace {
    let value: JSONValue
    let path: String
    private(set) var use: CloudFormationUse
    /// Whether it is a piece of a text, whose elements have no place of their own among the alarm's properties.
    private(set) var isPiece = false

    init(value: JSONValue, path: String, use: CloudFormationUse = .text) {
        self.value = value
        self.path = path
        self.use = use
    }

    /// Returns a part of the value that is reported at the same path, such as a function's argument.
    func with(_ value: JSONValue) -> CloudFormationPlace {
        var place = CloudFormationPlace(value: value, path: path, use: use)
        place.isPiece = isPiece
        return place
    }

    /// The value as a piece of a text: only the whole text is an action or a dimension.
    var piece: CloudFormationPlace {
        var place = self
        if use == .action || use == .dimension { place.use = .text }
        place.isPiece = true
        return place
    }

    func member(_ member: JSONValue.Member) -> CloudFormationPlace {
        CloudFormationPlace(
            value: member.value,
            path: path.isEmpty ? member.key : path + "." + member.key,
            use: use.member(member.key)
        )
    }

    /// The elements of a list with their paths; none if it is not a list.
    var elements: [CloudFormationPlace] {
        let values = value.array ?? []
        if isPiece { return values.map(with) }
        return values.enumerated().map {
            CloudFormationPlace(value: $0.element, path: path + "[\($0.offset)]", use: use)
        }
    }
}

/// What an alarm uses a value for, which decides what `${…}` and an empty text mean in it.
enum CloudFormationUse {
    case text
    /// CloudWatch itself fills in the `${…}` of a label.
    case label
    /// Only people read it.
    case description
    case action
    case dimensions
    /// A dimension's value.
    case dimension

    /// Returns what a member of an object with this use is used for.
    func member(_ key: String) -> CloudFormationUse {
        switch key {
        case "Label": .label
        case "AlarmDescription": .description
        case "AlarmActions", "InsufficientDataActions", "OKActions": .action
        case "Dimensions": .dimensions
        case "Value" where self == .dimensions: .dimension
        default: .text
        }
    }

    /// Whether CloudWatch needs a text that is not empty, so that an empty parameter is one without a value.
    var needsText: Bool { self == .action || self == .dimension }

    /// Whether `${…}` may be part of a text without Fn::Sub. Anywhere else it would reach CloudWatch as plain text.
    var mayHavePlaceholders: Bool { self == .label || self == .description }
}
