extension Int {
    /// The number with a noun that it counts: `1 call`, `2 calls`.
    package func counted(_ noun: String) -> String {
        "\(self) \(noun)" + (self == 1 ? "" : "s")
    }
}
