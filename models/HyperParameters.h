// Reads the hyper-parameters of a checkpoint under the key of its format.
#pragma once

#include "frontend/Checkpoint.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace weft {

/// The key of a hyper-parameter in each format. GGUF keys are without the family, which is
/// prepended ("block_count" for "llama.block_count"). Empty if a format does not have it.
struct Key {
  std::string_view huggingFace, gguf;
};

/// Limits of hyper-parameters: far above any model, and such that no product of two overflows.
inline constexpr int64_t mostLayers = 4096, mostHeads = 1 << 16, mostWidth = 1 << 24,
                         mostVocabulary = 1 << 26, mostContext = 1 << 30;

/// The first error is stored in `error`; every look-up returns a usable value nonetheless, so that
/// a family can list its hyper-parameters one per line. Borrows the checkpoint.
class HyperParameters {
public:
  explicit HyperParameters(const Checkpoint &checkpoint)
      : checkpoint(checkpoint), gguf(checkpoint.format() == "gguf") {}

  bool isGguf() const { return gguf; }
  bool contains(Key key) const;

  /// Returns an integer from 1 to `most`. Without `otherwise` the key is required.
  int64_t size(Key key, int64_t most, std::optional<int64_t> otherwise = std::nullopt);
  /// Returns a finite number above 0.
  double positive(Key key, std::optional<double> otherwise = std::nullopt);
  bool flag(Key key, bool otherwise);
  /// Returns one of `known`. Errors: another value; the message names it and the known ones.
  std::string choice(Key key, std::string_view otherwise,
                     std::initializer_list<std::string_view> known);
  /// Returns the size of the vocabulary: the hyper-parameter, or the number of rows of the tensor
  /// `table` if a GGUF file does not have it.
  int64_t vocabulary(Key key, std::string_view table);

  /// Stores an error unless `holds`. `message` says what was expected and found.
  void require(bool holds, const std::string &message);

  const Checkpoint &checkpoint;
  std::optional<Error> error;

private:
  std::string nameOf(Key key) const;
  Result<int64_t> integer(Key key) const;
  const bool gguf;
};

} // namespace weft
