// AArch64 by qemu-user, where this machine is another.
#pragma once

#include <cstdlib>
#include <string>

namespace weft::test {

/// tests/backends/run_session.cpp built for AArch64; "" where this build has it not.
inline const std::string emulatedRunSession = WEFT_AARCH64_RUN_SESSION;

/// Why nothing of AArch64 can be run here; "" where it can.
inline std::string emulatorObstacle() {
  if (emulatedRunSession.empty())
    return "this build has no program for AArch64 (needs libstdc++-12-dev-arm64-cross, and no "
           "sanitizers)";
  if (std::system("command -v qemu-aarch64 >/dev/null") != 0)
    return "qemu-aarch64 is absent (package qemu-user)";
  return "";
}

/// The start of a command line of run_session on a processor that qemu knows.
inline std::string onEmulated(const std::string &processor) {
  return "qemu-aarch64 -cpu " + processor + " " + emulatedRunSession + " ";
}

} // namespace weft::test
