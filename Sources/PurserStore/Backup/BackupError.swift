/// Why a backup or a restore was refused; nothing was replaced.
package struct BackupError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
