// Which processor this is, for people.
#pragma once

#include <string>

namespace weft {

/// Its model name, and vendor, family, model and stepping where Linux tells them (on x86-64),
/// since virtual machines are given names that stand for several: "Intel(R) Xeon(R) Processor
/// (GenuineIntel, family 6, model 207, stepping 2)". On other machines what there is, at least
/// the architecture.
std::string cpuName();

/// The same from the text of /proc/cpuinfo; `architecture` is for what does not name a model.
std::string cpuNameIn(const std::string &cpuinfo, const std::string &architecture);

} // namespace weft
