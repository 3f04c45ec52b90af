#ifndef PURSER_FAULTY_DISK_H
#define PURSER_FAULTY_DISK_H

/// Puts a layer between SQLite and the disk that counts what SQLite does to its files, and kills this process, as `kill -9`
/// does, at the operation of a given number.
///
/// `at` counts from 1; 0 never kills. Where `torn` is not 0, a write is half done before the kill. To be called before the first
/// database is opened; 0 says that all is well.
int faulty_disk_install(long at, int torn);

/// How many operations there were.
long faulty_disk_operations(void);

#endif
