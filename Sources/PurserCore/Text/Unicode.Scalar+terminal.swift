extension Unicode.Scalar {
    /// Whether a terminal would act on the scalar instead of showing it: control characters (C0, DEL, C1), line
    /// separators, and the invisible marks, overrides and isolates of direction, which make one text look like another.
    package var isUnsafeOnTerminals: Bool {
        switch value {
        case 0..<0x20, 0x7f..<0xa0, 0x61c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a...0x202e, 0x2066...0x2069: true
        default: false
        }
    }
}
