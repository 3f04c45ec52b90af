/// The version of both programs and of the library.
package let purserVersion = "0.1.0"
