#include "CountingModel.h"

#include "runtime/device/Registry.h"
#include "tests/runtime/artifact/SyntheticArtifact.h"
#include "tests/runtime/program/FakeDevice.h"

#include <cmath>
#include <gtest/gtest.h>

namespace weft::test {

void (*onCountingCall)() = nullptr;

namespace {

template <typename T> T *bound(const WeftDispatch *d, int i) {
  return static_cast<T *>(d->bindings[i]);
}

void embed(const WeftDispatch *d) {
  if (onCountingCall)
    onCountingCall();
  for (int64_t i = 0; i < d->sizes[WEFT_TOKENS]; ++i)
    bound<float>(d, 2)[i] = bound<float>(d, 1)[bound<int32_t>(d, 0)[i]];
}

void keep(const WeftDispatch *d) {
  for (int64_t i = d->begin; i < d->end; ++i)
    bound<float>(d, 3)[bound<int32_t>(d, 1)[i]] = bound<float>(d, 0)[i];
}

/// The additive model's weight of token i is 2^(i - 1).
void head(const WeftDispatch *d) {
  for (int64_t g = d->begin; g < d->end; ++g) {
    const int32_t token = bound<int32_t>(d, 0)[g / 7];
    const float weight = bound<float>(d, 3)[bound<int32_t>(d, 1)[token]];
    bound<float>(d, 4)[g] = g % 7 == std::lround(std::log2(weight)) + 2 ? 10.0f : 0.0f;
  }
}

class CountingDevice final : public FakeDevice {
public:
  CountingDevice() {
    functions = {{"embed", embed}, {"embed.one", embed}, {"keep", keep}, {"head", head}};
  }
  std::string_view name() const override { return "counting"; }
};

Result<std::unique_ptr<Device>> makeCountingDevice(const DeviceOptions &) {
  return std::make_unique<CountingDevice>();
}

Result<std::vector<std::string>> listCountingDevices() {
  return std::vector<std::string>{"counts"};
}

constexpr std::string_view beforeTheFourth = R"({
  "version": "1.0", "truncation": null, "padding": null,
  "added_tokens": [
    {"id": 0, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
     "normalized": false, "special": true},
    {"id": 6, "content": "</s>", "single_word": false, "lstrip": false, "rstrip": false,
     "normalized": false, "special": true}],
  "normalizer": null, "pre_tokenizer": null,
  "post_processor": {"type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
               {"Sequence": {"id": "A", "type_id": 0}}],
    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
    "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}}},
  "decoder": {"type": "Sequence", "decoders": [{"type": "ByteFallback"}, {"type": "Fuse"}]},
  "model": {"type": "BPE", "dropout": null, "unk_token": null,
    "continuing_subword_prefix": null, "end_of_word_suffix": null, "fuse_unk": false,
    "byte_fallback": true,
    "vocab": {"<s>": 0, "a": 1, "b": 2, "c": 3, ")";
constexpr std::string_view afterTheFourth = R"(": 4, "ab": 5, "</s>": 6},
    "merges": ["a b"]}
})";

} // namespace

void writeCountingModel(const std::string &path, std::string_view fourth) {
  static const bool registered = bool(registerDevice(
      {.name = "counting", .make = makeCountingDevice, .list = listCountingDevices}));
  ASSERT_TRUE(registered);
  SyntheticArtifact model = additiveModel();
  model.beginId = 0;
  model.programs[0].target = "counting";
  const std::string tokenizer =
      std::string(beforeTheFourth) + std::string(fourth) + std::string(afterTheFourth);
  const auto bytes = std::as_bytes(std::span(tokenizer));
  model.tokenizer.assign(bytes.begin(), bytes.end());
  auto written = model.write(path);
  ASSERT_TRUE(written) << written.error().message;
}

} // namespace weft::test
