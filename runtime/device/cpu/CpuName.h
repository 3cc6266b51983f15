// The processor's name, for people.
#pragma once

#include <string>

namespace weft {

/// Returns the processor's model name and, on x86-64, vendor, family, model and stepping, because
/// virtual machines use one model name for several processors: "Intel(R) Xeon(R) Processor
/// (GenuineIntel, family 6, model 207, stepping 2)". On other machines returns what is known, at
/// least the architecture.
std::string cpuName();

/// Does what cpuName() does, from the text of /proc/cpuinfo. Returns `architecture` if no model is
/// named there.
std::string cpuNameIn(const std::string &cpuinfo, const std::string &architecture);

} // namespace weft
