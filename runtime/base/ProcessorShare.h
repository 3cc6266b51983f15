// How many threads this process can usefully run: CPU affinity and cgroup CPU quotas.
#pragma once

#include <string>

namespace weft {

/// Returns the CPU quota of this process in processors: the least over its control groups and their
/// ancestors. It is 1.5 for 150 ms in every 100 ms, and infinity without a limit. Reads cgroups v1
/// (`cpu.cfs_quota_us`) and v2 (`cpu.max`). `root` is put in front of every path that is read;
/// tests pass a folder. A file that cannot be read counts as no limit.
double processorQuota(const std::string &root = "");

/// Returns the number of threads to use under `quota`: the nearest integer, at least 1. With more,
/// the system would stop some of them in the middle of their work while the others wait.
unsigned threadsOfQuota(double quota);

/// Returns how many threads can run at once: the processors in the calling thread's affinity mask,
/// limited by processorQuota(). At least 1.
unsigned availableProcessors();

} // namespace weft
