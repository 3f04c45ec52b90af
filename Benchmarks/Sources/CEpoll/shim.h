#ifndef PURSER_EPOLL_SHIM_H
#define PURSER_EPOLL_SHIM_H

#include <sys/epoll.h>

#endif
