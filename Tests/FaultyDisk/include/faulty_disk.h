#ifndef PURSER_FAULTY_DISK_H
#define PURSER_FAULTY_DISK_H

/// The reason for calling the visitor.
enum {
    /// The disk is about to do anything but a write: truncate a file, sync, delete, or lock the log's index for writing.
    FAULTY_DISK_OPERATION = 0,
    /// The disk is about to write.
    FAULTY_DISK_WRITE = 1,
    /// The first half of a write is done, because the visitor asked for it.
    FAULTY_DISK_HALF_WRITTEN = 2,
};

/// The visitor's answer.
enum {
    FAULTY_DISK_PROCEED = 0,
    /// Write the first half, call again, then write the whole. Operations other than writes proceed.
    FAULTY_DISK_HALVE = 1,
    /// A write fails because the disk is full; any other operation fails with a disk error.
    FAULTY_DISK_FULL = 2,
    /// Any operation fails with a disk error.
    FAULTY_DISK_BROKEN = 3,
};

/// Called before each operation, with its number from 1 on, on the thread that uses SQLite.
typedef int (*faulty_disk_visitor)(long number, int stage);

/// Installs a layer between SQLite and the disk that counts SQLite's operations on its files and asks a visitor before each.
///
/// Must be called before the first database is opened. Returns 0 on success.
int faulty_disk_install(faulty_disk_visitor visitor);

/// Returns the number of operations so far.
long faulty_disk_operations(void);

/// Restarts the count at 0, and stops counting the files that are open.
void faulty_disk_restart(void);

#endif
