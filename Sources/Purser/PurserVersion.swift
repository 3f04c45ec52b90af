/// The version of both programs and of the library.
public let purserVersion = "0.1.0"
