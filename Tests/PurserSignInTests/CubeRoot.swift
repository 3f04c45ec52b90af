import CCrypto

/// The smallest number whose cube is at least a given number, as a forger of signatures computes it.
struct CubeRoot {
    /// Both are big-endian and as long as the given number.
    let root: [UInt8]
    let cube: [UInt8]

    init(atLeast bytes: [UInt8]) throws {
        guard let context = BN_CTX_new() else { throw CryptoError() }
        BN_CTX_start(context)
        defer {
            BN_CTX_end(context)
            BN_CTX_free(context)
        }
        let (target, root) = (BN_CTX_get(context), BN_CTX_get(context))
        let (square, cube) = (BN_CTX_get(context), BN_CTX_get(context))
        func isCubed() -> Bool {
            BN_sqr(square, root, context) == 1 && BN_mul(cube, square, root, context) == 1
        }
        guard BN_bin2bn(bytes, Int32(bytes.count), target) != nil else { throw CryptoError() }
        BN_zero_ex(root)
        // Find the largest number whose cube is less, bit by bit.
        for bit in (0...BN_num_bits(target) / 3).reversed() {
            guard BN_set_bit(root, bit) == 1, isCubed() else { throw CryptoError() }
            if BN_cmp(cube, target) >= 0, BN_clear_bit(root, bit) != 1 { throw CryptoError() }
        }
        guard BN_add_word(root, 1) == 1, isCubed() else { throw CryptoError() }
        self.root = try Self.bytes(root, bytes.count)
        self.cube = try Self.bytes(cube, bytes.count)
    }

    private static func bytes(_ number: OpaquePointer?, _ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard BN_bn2binpad(number, &bytes, Int32(count)) == count else { throw CryptoError() }
        return bytes
    }
}
