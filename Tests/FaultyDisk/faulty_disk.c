#include "faulty_disk.h"

#include <sqlite3.h>
#include <string.h>

// Only one thread at a time uses SQLite in these tests, because a store is one queue.
static long operations = 0;
// The generation of the count: a file that was opened before the last restart is not counted.
static long generation = 0;
static faulty_disk_visitor visitor;
static sqlite3_vfs *below;

struct file {
    sqlite3_file base;
    sqlite3_file *real;
    long generation;
};

#define REAL(f) (((struct file *)(f))->real)
#define IS_COUNTED(f) (((struct file *)(f))->generation == generation)
#define CALL(f, method, ...) REAL(f)->pMethods->method(REAL(f), ##__VA_ARGS__)

static int visit(int stage) {
    return visitor ? visitor(operations, stage) : FAULTY_DISK_PROCEED;
}

// Returns SQLITE_OK, or `code` if an operation other than a write is to fail.
static int count(sqlite3_file *f, int code) {
    if (f && !IS_COUNTED(f)) return SQLITE_OK;
    operations++;
    int wish = visit(FAULTY_DISK_OPERATION);
    return wish == FAULTY_DISK_FULL || wish == FAULTY_DISK_BROKEN ? code : SQLITE_OK;
}

static int close_file(sqlite3_file *f) { return REAL(f)->pMethods ? CALL(f, xClose) : SQLITE_OK; }
static int read_file(sqlite3_file *f, void *to, int n, sqlite3_int64 at) { return CALL(f, xRead, to, n, at); }

static int write_file(sqlite3_file *f, const void *from, int n, sqlite3_int64 at) {
    if (!IS_COUNTED(f)) return CALL(f, xWrite, from, n, at);
    operations++;
    int wish = visit(FAULTY_DISK_WRITE);
    if (wish == FAULTY_DISK_HALVE) {
        int code = CALL(f, xWrite, from, n / 2, at);
        if (code) return code;
        wish = visit(FAULTY_DISK_HALF_WRITTEN);
    }
    if (wish == FAULTY_DISK_FULL) return SQLITE_FULL;
    if (wish == FAULTY_DISK_BROKEN) return SQLITE_IOERR_WRITE;
    return CALL(f, xWrite, from, n, at);
}

static int truncate_file(sqlite3_file *f, sqlite3_int64 size) {
    int code = count(f, SQLITE_IOERR_TRUNCATE);
    return code ? code : CALL(f, xTruncate, size);
}

static int sync_file(sqlite3_file *f, int flags) {
    int code = count(f, SQLITE_IOERR_FSYNC);
    return code ? code : CALL(f, xSync, flags);
}

static int file_size(sqlite3_file *f, sqlite3_int64 *size) { return CALL(f, xFileSize, size); }
static int lock_file(sqlite3_file *f, int level) { return CALL(f, xLock, level); }
static int unlock_file(sqlite3_file *f, int level) { return CALL(f, xUnlock, level); }
static int check_lock(sqlite3_file *f, int *out) { return CALL(f, xCheckReservedLock, out); }
static int control(sqlite3_file *f, int op, void *arg) { return CALL(f, xFileControl, op, arg); }
static int sector_size(sqlite3_file *f) { return CALL(f, xSectorSize); }
static int characteristics(sqlite3_file *f) { return CALL(f, xDeviceCharacteristics); }
static int shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out) {
    return CALL(f, xShmMap, page, size, extend, out);
}

// The log's index is written in memory; its locks are acquired and released around every step.
static int shm_lock(sqlite3_file *f, int offset, int n, int flags) {
    int code = SQLITE_OK;
    // Releasing a lock does not fail.
    if (flags & SQLITE_SHM_EXCLUSIVE) code = count(f, SQLITE_BUSY);
    return code && flags & SQLITE_SHM_LOCK ? code : CALL(f, xShmLock, offset, n, flags);
}

static void shm_barrier(sqlite3_file *f) { CALL(f, xShmBarrier); }
static int shm_unmap(sqlite3_file *f, int del) { return CALL(f, xShmUnmap, del); }
static int fetch(sqlite3_file *f, sqlite3_int64 at, int n, void **out) { return CALL(f, xFetch, at, n, out); }
static int unfetch(sqlite3_file *f, sqlite3_int64 at, void *page) { return CALL(f, xUnfetch, at, page); }

static const sqlite3_io_methods methods = {
    3, close_file, read_file, write_file, truncate_file, sync_file, file_size, lock_file, unlock_file, check_lock,
    control, sector_size, characteristics, shm_map, shm_lock, shm_barrier, shm_unmap, fetch, unfetch,
};

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out) {
    (void)vfs;
    struct file *file = (struct file *)f;
    file->real = (sqlite3_file *)(file + 1);
    file->generation = generation;
    memset(file->real, 0, (size_t)below->szOsFile);
    int code = below->xOpen(below, name, file->real, flags, out);
    file->base.pMethods = file->real->pMethods ? &methods : 0;
    return code;
}

static int delete_file(sqlite3_vfs *vfs, const char *name, int sync) {
    (void)vfs;
    int code = count(0, SQLITE_IOERR_DELETE);
    return code ? code : below->xDelete(below, name, sync);
}

int faulty_disk_install(faulty_disk_visitor function) {
    static sqlite3_vfs layer;
    visitor = function;
    below = sqlite3_vfs_find(0);
    if (!below) return SQLITE_ERROR;
    layer = *below;
    layer.zName = "faulty-disk";
    layer.pNext = 0;
    layer.szOsFile = (int)sizeof(struct file) + below->szOsFile;
    layer.xOpen = open_file;
    layer.xDelete = delete_file;
    return sqlite3_vfs_register(&layer, 1);
}

long faulty_disk_operations(void) { return operations; }

void faulty_disk_restart(void) {
    generation++;
    operations = 0;
}
