#include "runtime/text/tokenizer/TokenizerParts.h"

namespace weft::text {

namespace {

/// Where the stages end.
class Collect : public DecodingStage {
public:
  explicit Collect(std::string &out) : out(out) {}
  void text(std::string_view piece) override { out += piece; }
  void endToken() override {}
  void finish() override {}
  std::unique_ptr<DecodingStage> copy(std::string &other) const override {
    return std::make_unique<Collect>(other);
  }

private:
  std::string &out;
};

} // namespace

Decoding::Decoding(const Tokenizer::Impl &parts, bool skipSpecial, InvalidBytes invalid)
    : parts(parts), skipSpecial(skipSpecial), out(std::make_unique<std::string>()),
      stages(parts.decoder->open(std::make_unique<Collect>(*out), invalid)) {}

Decoding::Decoding(const Decoding &other)
    : parts(other.parts), skipSpecial(other.skipSpecial),
      out(std::make_unique<std::string>(*other.out)), stages(other.stages->copy(*out)) {}

Result<void> Decoding::push(TokenId id) {
  if (id < 0 || static_cast<size_t>(id) >= parts.size())
    return fail("token id " + std::to_string(id) + " is outside the vocabulary of " +
                std::to_string(parts.size()));
  const Vocabulary &vocabulary = parts.model->vocabulary();
  if (const AddedToken *added = parts.added.get(id)) {
    if (added->special && skipSpecial)
      return {};
    stages->text(added->normalForm);
  } else if (vocabulary.has(id)) {
    stages->text(vocabulary.token(id));
  } else {
    return {};
  }
  stages->endToken();
  return {};
}

std::string Decoding::take() {
  std::string taken;
  taken.swap(*out);
  return taken;
}

struct StreamDecoder::Run {
  const Tokenizer::Impl &parts;
  bool skipSpecial;
  std::unique_ptr<Decoding> decoding = start();

  std::unique_ptr<Decoding> start() const {
    return std::make_unique<Decoding>(parts, skipSpecial, InvalidBytes::Replace);
  }
};

StreamDecoder::StreamDecoder(const Tokenizer &tokenizer, bool skipSpecial)
    : run(new Run{*tokenizer.impl, skipSpecial}) {}
StreamDecoder::StreamDecoder(StreamDecoder &&) noexcept = default;
StreamDecoder &StreamDecoder::operator=(StreamDecoder &&) noexcept = default;
StreamDecoder::~StreamDecoder() = default;

StreamDecoder StreamDecoder::fork() const {
  StreamDecoder copy;
  copy.run.reset(new Run{run->parts, run->skipSpecial, std::make_unique<Decoding>(*run->decoding)});
  return copy;
}

Result<std::string> StreamDecoder::push(TokenId id) {
  if (auto done = run->decoding->push(id); !done)
    return failFrom(done);
  return run->decoding->take();
}

std::string StreamDecoder::finish() {
  run->decoding->finish();
  std::string rest = run->decoding->take();
  run->decoding = run->start();
  return rest;
}

} // namespace weft::text
