// Reads the hyper-parameters of a checkpoint, whatever format calls them.
#pragma once

#include "frontend/Checkpoint.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace weft {

/// Where a hyper-parameter stands. GGUF keys are without the family, which comes first
/// ("block_count" for "llama.block_count"). Empty where a format has none.
struct Key {
  std::string_view huggingFace, gguf;
};

/// Limits of what a hyper-parameter can sensibly be: far above any model, and such that
/// no product of two overflows.
inline constexpr int64_t mostLayers = 4096, mostHeads = 1 << 16, mostWidth = 1 << 24,
                         mostVocabulary = 1 << 26, mostContext = 1 << 30;

/// The first thing that goes wrong is kept in `error`; every look-up gives a usable value
/// nonetheless, so that a family lists its hyper-parameters one a line. Borrows the
/// checkpoint.
class HyperParameters {
public:
  explicit HyperParameters(const Checkpoint &checkpoint)
      : checkpoint(checkpoint), gguf(checkpoint.format() == "gguf") {}

  bool isGguf() const { return gguf; }
  bool contains(Key key) const;

  /// A whole number from 1 to `most`. Without `otherwise` it must be there.
  int64_t size(Key key, int64_t most, std::optional<int64_t> otherwise = std::nullopt);
  /// A finite number above 0.
  double positive(Key key, std::optional<double> otherwise = std::nullopt);
  bool flag(Key key, bool otherwise);
  /// One of `known`; an error names it and them.
  std::string choice(Key key, std::string_view otherwise,
                     std::initializer_list<std::string_view> known);
  /// Tokens of the vocabulary: the hyper-parameter, or the rows of the tensor `table` where
  /// a GGUF file leaves it to that.
  int64_t vocabulary(Key key, std::string_view table);

  /// Keeps an error unless `holds`. `message` says what was expected and found.
  void require(bool holds, const std::string &message);

  const Checkpoint &checkpoint;
  std::optional<Error> error;

private:
  std::string nameOf(Key key) const;
  Result<int64_t> integer(Key key) const;
  const bool gguf;
};

} // namespace weft
