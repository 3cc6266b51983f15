#include "models/RopeFrequencies.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

namespace weft {

std::vector<double> rotaryFrequencies(double theta, int64_t rotated) {
  std::vector<double> frequencies(rotated / 2);
  for (size_t i = 0; i < frequencies.size(); ++i)
    frequencies[i] = std::pow(theta, -2.0 * double(i) / double(rotated));
  return frequencies;
}

void scaleLlama3(std::vector<double> &frequencies, const Llama3Scaling &scaling) {
  for (double &frequency : frequencies) {
    double wavelength = 2 * std::numbers::pi / frequency;
    double turns = double(scaling.context) / wavelength;
    double kept = (turns - scaling.low) / (scaling.high - scaling.low);
    kept = std::clamp(kept, 0.0, 1.0);
    frequency *= kept + (1 - kept) / scaling.factor;
  }
}

namespace {

/// Where a Hugging Face checkpoint keeps its rotary parameters: `rope_parameters` since
/// transformers 5, before that `rope_scaling`, with theta beside it.
struct RopeKeys {
  explicit RopeKeys(const HyperParameters &read)
      : newer(read.contains({"rope_parameters.rope_theta", ""}) ||
              read.contains({"rope_parameters.rope_type", ""})),
        prefix(newer ? "rope_parameters." : "rope_scaling."),
        theta(newer ? "rope_parameters.rope_theta" : "rope_theta"),
        // Checkpoints before Llama 3.1 call the type "type".
        type(prefix + (read.contains({prefix + "rope_type", ""}) ? "rope_type" : "type")) {}
  const bool newer;
  const std::string prefix, theta, type;
};

/// A scaling without a type is not one that can be guessed.
bool isTyped(const HyperParameters &read, const RopeKeys &keys) {
  const auto &values = read.checkpoint.metadata();
  auto first = values.lower_bound("rope_scaling.");
  bool scaled = first != values.end() && first->first.starts_with("rope_scaling.");
  return !scaled || read.contains({keys.type, ""});
}

/// The factor of a GGUF file, 1 where it has none. Files of llama.cpp before 2023-11 call it
/// otherwise.
double ggufFactor(HyperParameters &read) {
  for (const char *name : {"rope.scaling.factor", "rope.scale_linear"}) {
    if (!read.contains({"", name}))
      continue;
    const std::string key = std::string(read.checkpoint.family()) + "." + name;
    const bool isNone = read.checkpoint.number(key).value_or(1) == 0;
    return isNone ? 1 : read.positive({"", name});
  }
  return 1;
}

/// What else GGUF can say of rotary positions and is not computed: only its neutral value.
void refuseOtherScaling(HyperParameters &read) {
  const double factor = read.positive({"", "rope.scaling.attn_factor"}, 1.0);
  read.require(factor == 1,
               "expected 'rope.scaling.attn_factor' to be 1, found " + std::to_string(factor));
}

/// Divides by the tensor `rope_freqs.weight` of GGUF: how converters write Llama 3's scaling.
void applyFactors(HyperParameters &read, RopeFrequencies &result,
                  std::vector<double> &frequencies) {
  constexpr std::string_view name = "rope_freqs.weight";
  if (!read.isGguf() || !read.checkpoint.contains(name))
    return;
  result.tensor = name;
  result.scaling = "factors";
  int64_t shape[] = {int64_t(frequencies.size())};
  Result<const CheckpointTensor *> tensor = read.checkpoint.tensor(name, shape);
  if (!tensor) {
    read.error = read.error ? read.error : tensor.error();
    return;
  }
  bool isF32 = (*tensor)->storage == Storage::dense(Scalar::F32);
  read.require(isF32, "expected tensor 'rope_freqs.weight' to be f32, found " +
                          (*tensor)->storage.describe());
  for (size_t i = 0; isF32 && i < frequencies.size(); ++i) {
    float factor;
    std::memcpy(&factor, (*tensor)->data.data() + i * sizeof factor, sizeof factor);
    bool holds = std::isfinite(factor) && factor > 0;
    read.require(holds, "expected factors above 0 in tensor 'rope_freqs.weight', found " +
                            std::to_string(factor));
    frequencies[i] /= holds ? factor : 1;
  }
}

} // namespace

RopeFrequencies readRopeFrequencies(HyperParameters &read, int64_t rotated) {
  const RopeKeys keys(read);
  RopeFrequencies result;
  result.theta = read.positive({keys.theta, "rope.freq_base"}, 10000.0);
  std::vector<double> frequencies = rotaryFrequencies(result.theta, rotated);

  auto key = [&](std::string_view name) { return keys.prefix + std::string(name); };
  // As with llama.cpp, a factor alone is linear, and no factor, or 0, scales nothing.
  std::string type = read.isGguf()
                         ? read.choice({"", "rope.scaling.type"}, "linear", {"none", "linear"})
                         : read.choice({keys.type, ""}, "default", {"default", "linear", "llama3"});
  read.require(isTyped(read, keys), "expected 'rope_scaling' to have a 'rope_type', found none");
  if (read.isGguf() && (type == "none" || ggufFactor(read) == 1))
    type = "none";
  if (type == "linear") {
    double factor = read.isGguf() ? ggufFactor(read) : read.positive({key("factor"), ""});
    for (double &frequency : frequencies)
      frequency /= factor;
  } else if (type == "llama3") {
    Llama3Scaling scaling;
    scaling.factor = read.positive({key("factor"), ""});
    scaling.low = read.positive({key("low_freq_factor"), ""});
    scaling.high = read.positive({key("high_freq_factor"), ""});
    scaling.context = read.size({key("original_max_position_embeddings"), ""}, mostContext);
    read.require(scaling.high > scaling.low, "expected '" + key("high_freq_factor") + "' above '" +
                                                 key("low_freq_factor") + "', found " +
                                                 std::to_string(scaling.high) + " and " +
                                                 std::to_string(scaling.low));
    scaleLlama3(frequencies, scaling);
  }
  if (type == "linear" || type == "llama3")
    result.scaling = type;
  refuseOtherScaling(read);
  applyFactors(read, result, frequencies);
  result.values.assign(frequencies.begin(), frequencies.end());
  return result;
}

} // namespace weft
