#ifndef PURSER_FAULTY_DISK_H
#define PURSER_FAULTY_DISK_H

/// What a visitor is called for.
enum {
    /// The disk is about to do anything but a write: cut a file, sync, delete, or lock the log's index for writing.
    FAULTY_DISK_OPERATION = 0,
    /// The disk is about to write.
    FAULTY_DISK_WRITE = 1,
    /// The first half of a write is done, because the visitor wanted it so.
    FAULTY_DISK_HALF_WRITTEN = 2,
};

/// What a visitor wants.
enum {
    FAULTY_DISK_PROCEED = 0,
    /// Write the first half, call again, then write the whole. Of what is not a write: proceed.
    FAULTY_DISK_HALVE = 1,
    /// A write finds the disk full; any other operation is an error of the disk.
    FAULTY_DISK_FULL = 2,
    /// Any operation is an error of the disk.
    FAULTY_DISK_BROKEN = 3,
};

/// Called before each operation, with its number from 1 on, on the thread that has SQLite.
typedef int (*faulty_disk_visitor)(long number, int stage);

/// Puts a layer between SQLite and the disk that counts what SQLite does to its files and asks a visitor before each operation.
///
/// To be called before the first database is opened; 0 says that all is well.
int faulty_disk_install(faulty_disk_visitor visitor);

/// How many operations there were.
long faulty_disk_operations(void);

/// Counts from the beginning again, and of the files that are open nothing any more.
void faulty_disk_restart(void);

#endif
