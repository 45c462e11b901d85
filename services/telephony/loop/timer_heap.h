// Replacement of libre's timers. libre 1.1.0 keeps them in one sorted list on wall-clock time: starting one is O(n), which
// caps signalling at about 300 calls/s, and a step of the clock fires or freezes them all. timer_heap.cpp defines the same
// tmr_* symbols over a 4-ary heap on CLOCK_MONOTONIC; the dynamic linker prefers them to those inside libre.so.
//
// Thread-safety: each thread has its own heap. A timer belongs to the thread that started it until it fires or is
// cancelled; touching a running timer from another thread aborts the process, because it would corrupt both heaps.
// Ownership: the heap owns no timer; `struct tmr` stays in its owner's object, which cancels it before it is freed.
#pragma once

#include <cstddef>

namespace hotline::telephony {

// Number of running timers of the calling thread. Calling it also makes the linker keep this replacement.
std::size_t RunningTimers();

// Frees the calling thread's heap when its loop ends. Timers still running are forgotten, so nothing may run them later.
void ReleaseTimers();

}  // namespace hotline::telephony
