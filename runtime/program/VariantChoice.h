// Which of its alternatives each variant runs, and what is kept of that between loads.
#pragma once

#include "runtime/program/Alternatives.h"
#include "runtime/program/Session.h"

#include <string>
#include <vector>

namespace weft {

/// What a choice is good for: the device, the code, and the number of threads.
struct ChoiceKey {
  std::string identity; // Device::identity()
  uint64_t code = 0;    // hash of its segment
  unsigned threads = 1;

  /// Name of the file that keeps such choices.
  std::string fileName() const;
};

/// Sets each of `choices` to what the file of `key` in `folder` says. False, and nothing is
/// changed, where there is no such file, or it is not as storeChoices() writes it for groups like
/// these: it may be anything.
bool recallChoices(const std::string &folder, const ChoiceKey &key,
                   std::vector<VariantChoice> &choices);

/// Writes the file as a whole or not at all; what fails is not told.
void storeChoices(const std::string &folder, const ChoiceKey &key,
                  const std::vector<VariantChoice> &choices);

/// The choices of groups before anything is measured.
std::vector<VariantChoice> favoredChoices(const std::vector<VariantGroup> &groups,
                                          const VariantOptions &options);

} // namespace weft
