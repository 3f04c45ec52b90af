#ifndef PURSER_EMBEDDED_FILES_H
#define PURSER_EMBEDDED_FILES_H

#include <stddef.h>

/// A file of the repository that travels inside the binary.
struct purser_embedded_file {
    /// The path below the repository's root, with `/` between its parts.
    const char *_Nonnull path;
    const unsigned char *_Nonnull bytes;
    size_t count;
};

/// The first of all embedded files.
const struct purser_embedded_file *_Nonnull purser_embedded_files(void);

/// How many there are.
size_t purser_embedded_file_count(void);

#endif
