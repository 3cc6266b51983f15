// Chooses an alternative for each variant, and stores choices between loads.
#pragma once

#include "runtime/program/Alternatives.h"
#include "runtime/program/Session.h"

#include <string>
#include <vector>

namespace weft {

/// What a stored choice depends on: the device, the code and the number of threads.
struct ChoiceKey {
  std::string identity; // Device::identity()
  uint64_t code = 0;    // hash of the code segment
  unsigned threads = 1;

  /// Returns the name of the file that stores choices for this key.
  std::string fileName() const;
};

/// Sets `choices` from the file of `key` in `folder`. Returns false and changes nothing if there is
/// no such file or it does not match these choices. The file is untrusted and may contain anything.
bool recallChoices(const std::string &folder, const ChoiceKey &key,
                   std::vector<VariantChoice> &choices);

/// Writes the file of `key` atomically. Failures are ignored: the next load measures again.
void storeChoices(const std::string &folder, const ChoiceKey &key,
                  const std::vector<VariantChoice> &choices);

/// Returns the choices before anything is measured.
std::vector<VariantChoice> favoredChoices(const std::vector<VariantGroup> &groups,
                                          const VariantOptions &options);

} // namespace weft
