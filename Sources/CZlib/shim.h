#ifndef PURSER_CZLIB_SHIM_H
#define PURSER_CZLIB_SHIM_H

#include <zlib.h>

// Swift does not import inflateInit2, because it is a macro with parameters.
static inline int czlib_inflate_gzip(z_stream *stream) {
    return inflateInit2(stream, 16 + MAX_WBITS);
}

#endif
