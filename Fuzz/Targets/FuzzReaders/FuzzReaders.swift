import Foundation

/// The reader that `FUZZ_READER` names; nil if there is no reader of that name.
private let reader = FuzzedReader(rawValue: ProcessInfo.processInfo.environment["FUZZ_READER"] ?? "")

/// Ends the process with an error if `FUZZ_READER` does not name a reader.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutableRawPointer, _ arguments: UnsafeMutableRawPointer) -> CInt {
    if reader == nil {
        let names = FuzzedReader.allCases.map(\.rawValue).joined(separator: ", ")
        FileHandle.standardError.write(Data("FUZZ_READER must be one of: \(names)\n".utf8))
        exit(2)
    }
    return 0
}

/// Feeds an input to the reader. No input may crash the process.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    reader?.read(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
