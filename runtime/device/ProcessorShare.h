// How much of the machine's processors this process may use.
#pragma once

#include <string>

namespace weft {

/// Processors' worth of time that the control groups of this process let it have, those above
/// it included: 1.5 where they give 150 of every 100 milliseconds; infinity where none says a
/// limit. Reads cgroups v1 (`cpu.cfs_quota_us`) and v2 (`cpu.max`), each where it is mounted.
/// Files are looked for below `root`, which is a folder with files of their names in tests.
/// What cannot be read limits nothing.
double processorQuota(const std::string &root = "");

/// Processors' worth of time as threads: the nearest number, at least 1. More would be stopped
/// by the system in the middle of their work, while the others wait for them.
unsigned threadsOfQuota(double quota);

/// Threads that can run at once: processors that the affinity mask of the calling thread has,
/// or what processorQuota() leaves of them. At least 1.
unsigned availableProcessors();

} // namespace weft
