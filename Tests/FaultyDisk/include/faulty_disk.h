#ifndef PURSER_FAULTY_DISK_H
#define PURSER_FAULTY_DISK_H

/// Puts a layer between SQLite and the disk that counts what SQLite does to its files, and kills this process, as `kill -9`
/// does, at the operation of a given number.
///
/// `at` counts from 1; 0 never kills. Where `torn` is not 0, a write is half done before the kill. Where `error` is not 0, the
/// operation fails instead, once, and the process lives. To be called before the first database is opened; 0 says that all
/// is well.
int faulty_disk_install(long at, int torn, int error);

enum {
    /// A write finds the disk full; any other operation is an error of the disk.
    FAULTY_DISK_FULL = 1,
    /// Any operation is an error of the disk.
    FAULTY_DISK_BROKEN = 2,
};

/// How many operations there were.
long faulty_disk_operations(void);

#endif
