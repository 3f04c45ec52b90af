#ifndef PURSER_THREAD_SHIM_H
#define PURSER_THREAD_SHIM_H

#include <pthread.h>
#include <stdint.h>

/// The calling thread's identity, never 0: the value of `pthread_self`, read without a call if the compiler supports
/// that.
static inline uintptr_t purser_thread_identity(void) {
#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
    return (uintptr_t)__builtin_thread_pointer();
#else
    return (uintptr_t)pthread_self();
#endif
}

#endif
