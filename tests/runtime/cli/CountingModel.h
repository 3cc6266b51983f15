// A whole model with its device, for tests that run commands.
#pragma once

#include <string>
#include <string_view>

namespace weft::test {

/// Writes to `path` an artifact that counts, for the device "counting", which it registers:
/// after a text that ends in token i < 6 comes token i + 1 (a logit of 10, the others of
/// 0), so that "a" goes on as "bc\n", then "ab", then the end. Vocabulary: <s> a b c <0x0A>
/// (or another `fourth`) ab </s>; context 32; texts begin with <s>. Of each token 4 bytes of the
/// weights are read.
void writeCountingModel(const std::string &path, std::string_view fourth = "<0x0A>");

/// Called by each call of the model, if set.
extern void (*onCountingCall)();

} // namespace weft::test
