/// Bounds what a text can become before a model counts its tokens.
///
/// A byte-level tokenizer makes at most one token of a byte, but some tokenizers normalise the text first, and a
/// normalised text can be longer: NFKC turns the 3 bytes of U+FDFA into 33. The four normalization forms differ in two
/// steps. Decomposition replaces each scalar on its own, so its result is bounded scalar by scalar. Composition, which
/// follows it in NFC and NFKC, never makes a text longer.
enum NormalisedText {
    /// Returns the most UTF-8 bytes that a text can have in any of NFC, NFD, NFKC and NFKD, or as it is.
    static func mostBytes(_ text: String) -> Int {
        let bytes = text.utf8
        let isASCII =
            bytes.withContiguousStorageIfAvailable { $0.reduce(UInt8(0)) { $0 | $1 } < 0x80 }
            ?? bytes.allSatisfy { $0 < 0x80 }
        if isASCII { return bytes.count }
        var most = bytes.count
        for scalar in text.unicodeScalars where scalar.value >= firstExpanding {
            most += Int(cells[Int(scalar.value / cellSize)])
            if scalar.value >= firstUncertain, scalar.properties.generalCategory == .unassigned {
                most += bytesOfUnassigned
            }
        }
        return most
    }

    private static let cellSize: UInt32 = 16
    private static let firstExpanding: UInt32 = 0xa0
    /// Below this there is no unassigned scalar that a later version of Unicode may assign.
    private static let firstUncertain: UInt32 = 0x370
    /// A later version of Unicode may give any decomposition to a scalar that is unassigned in this one. No known one adds
    /// more than U+FDFA's.
    private static let bytesOfUnassigned = 30

    /// The most bytes that decomposition adds to a scalar, for each cell of 16 scalars.
    private static let cells: [UInt8] = {
        var cells = [UInt8](repeating: 0, count: 0x11_0000 / Int(cellSize))
        for (first, last, extra) in expansions {
            for cell in (first / cellSize)...(last / cellSize) { cells[Int(cell)] = extra }
        }
        return cells
    }()

    /// The first and the last scalar of each range, and the most bytes that NFD or NFKD adds to a scalar in it.
    ///
    /// Source: the decompositions of the Unicode Character Database, version 16.0, as ranges of whole cells.
    private static let expansions: [(first: UInt32, last: UInt32, extra: UInt8)] = [
        (0xa0, 0xaf, 1), (0xb0, 0xbf, 3), (0xc0, 0x17f, 1), (0x1a0, 0x1bf, 1), (0x1c0, 0x1cf, 2), (0x1d0, 0x1ff, 3),
        (0x200, 0x21f, 1), (0x220, 0x23f, 3), (0x2d0, 0x2df, 1), (0x340, 0x34f, 2), (0x370, 0x37f, 1),
        (0x380, 0x38f, 3), (0x390, 0x39f, 4), (0x3a0, 0x3af, 2), (0x3b0, 0x3bf, 4), (0x3c0, 0x3df, 2),
        (0x400, 0x41f, 2), (0x430, 0x43f, 2), (0x450, 0x45f, 2), (0x470, 0x47f, 2), (0x4c0, 0x4ff, 2),
        (0x580, 0x58f, 2), (0x620, 0x62f, 2), (0x670, 0x67f, 2), (0x6c0, 0x6df, 2), (0x920, 0x93f, 3),
        (0x950, 0x95f, 3), (0x9c0, 0x9df, 3), (0xa30, 0xa3f, 3), (0xa50, 0xa5f, 3), (0xb40, 0xb5f, 3),
        (0xb90, 0xb9f, 3), (0xbc0, 0xbcf, 3), (0xc40, 0xc4f, 3), (0xcc0, 0xccf, 6), (0xd40, 0xd4f, 3),
        (0xdd0, 0xddf, 6), (0xe30, 0xe3f, 3), (0xeb0, 0xebf, 3), (0xed0, 0xedf, 3), (0xf40, 0xf6f, 3),
        (0xf70, 0xf7f, 6), (0xf80, 0xfbf, 3), (0x1020, 0x102f, 3), (0x1b00, 0x1b1f, 3), (0x1b30, 0x1b4f, 3),
        (0x1e00, 0x1e7f, 2), (0x1e90, 0x1e9f, 1), (0x1ea0, 0x1eff, 2), (0x1f00, 0x1f6f, 3), (0x1f70, 0x1f7f, 1),
        (0x1f80, 0x1faf, 5), (0x1fb0, 0x1fff, 3), (0x2030, 0x203f, 6), (0x2050, 0x205f, 9), (0x2150, 0x215f, 3),
        (0x2160, 0x217f, 1), (0x2180, 0x21af, 2), (0x21c0, 0x21cf, 2), (0x2200, 0x220f, 2), (0x2220, 0x223f, 6),
        (0x2240, 0x224f, 2), (0x2260, 0x228f, 2), (0x22a0, 0x22af, 2), (0x22e0, 0x22ef, 2), (0x2470, 0x248f, 1),
        (0x2a00, 0x2a0f, 9), (0x2ad0, 0x2adf, 2), (0x3040, 0x307f, 3), (0x3090, 0x30df, 3), (0x30f0, 0x30ff, 3),
        (0x3200, 0x320f, 5), (0x3210, 0x321f, 14), (0x3220, 0x324f, 2), (0x3260, 0x326f, 3), (0x3270, 0x327f, 12),
        (0x32c0, 0x32cf, 2), (0x32f0, 0x32ff, 3), (0x3300, 0x335f, 15), (0x3360, 0x336f, 2), (0x3370, 0x337f, 9),
        (0x3380, 0x338f, 1), (0x33a0, 0x33af, 5), (0x33c0, 0x33cf, 3), (0x33d0, 0x33ff, 2), (0xac00, 0xd7af, 6),
        (0xfa60, 0xfa6f, 1), (0xfac0, 0xfadf, 1), (0xfb10, 0xfb1f, 1), (0xfb20, 0xfb2f, 3), (0xfb30, 0xfb4f, 1),
        (0xfba0, 0xfbbf, 1), (0xfbd0, 0xfbdf, 1), (0xfbe0, 0xfc0f, 3), (0xfc10, 0xfc4f, 1), (0xfc50, 0xfc5f, 2),
        (0xfc60, 0xfc6f, 3), (0xfc70, 0xfc8f, 1), (0xfc90, 0xfc9f, 3), (0xfca0, 0xfccf, 1), (0xfcd0, 0xfcff, 3),
        (0xfd00, 0xfd3f, 1), (0xfd50, 0xfdcf, 3), (0xfdf0, 0xfdff, 30), (0xfe70, 0xfe8f, 1), (0xfef0, 0xfeff, 3),
        (0x11090, 0x110af, 4), (0x11120, 0x1112f, 4), (0x11340, 0x1134f, 4), (0x11380, 0x1139f, 4),
        (0x113c0, 0x113cf, 4), (0x114b0, 0x114bf, 4), (0x115b0, 0x115bf, 4), (0x11930, 0x1193f, 4),
        (0x16d60, 0x16d6f, 8), (0x1d150, 0x1d15f, 4), (0x1d160, 0x1d16f, 8), (0x1d1b0, 0x1d1cf, 8),
        (0x1f120, 0x1f12f, 3), (0x1f200, 0x1f21f, 2), (0x1f240, 0x1f24f, 5),
    ]
}
