#include "runtime/text/tokenizer/model/SubwordModel.h"

#include "runtime/base/Utf8.h"
#include "runtime/text/tokenizer/model/Bpe.h"
#include "runtime/text/tokenizer/model/Unigram.h"
#include "runtime/text/tokenizer/model/WordLevel.h"
#include "runtime/text/tokenizer/model/WordPiece.h"

namespace weft::text {

namespace {

/// Whether `token` is <0xHH> for the byte.
bool spellsByte(std::string_view token, char byte) {
  constexpr char digits[] = "0123456789ABCDEF";
  const auto value = static_cast<unsigned char>(byte);
  const char name[] = {'<', '0', 'x', digits[value >> 4], digits[value & 15], '>'};
  return token == std::string_view(name, sizeof(name));
}

} // namespace

std::vector<Span> SubwordModel::spans(std::string_view word,
                                      std::span<const TokenId> tokens) const {
  std::vector<Span> spans;
  auto spelled = [&](size_t i) { return spelling(tokens[i], i == 0, i + 1 == tokens.size()); };
  auto lengthAt = [&](size_t at, size_t i) -> size_t {
    const std::string_view rest = word.substr(at), text = spelled(i);
    if (!text.empty() && rest.starts_with(text))
      return text.size();
    return !rest.empty() && spellsByte(text, rest[0]) ? 1 : 0;
  };
  size_t at = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    size_t end = at + lengthAt(at, i);
    if (end == at && at < word.size()) {
      if (i + 1 == tokens.size())
        end = word.size();
      else
        do
          end += charAt(word, end).length;
        while (end < word.size() && tokens[i + 1] != tokens[i] && lengthAt(end, i + 1) == 0);
    }
    spans.push_back({at, end});
    at = end;
  }
  return spans;
}

Result<TokenId> readUnknown(const Fields &fields, const Vocabulary &vocabulary,
                            std::string_view otherwise) {
  std::string_view name = otherwise;
  if (fields.has("unk_token")) {
    auto token = fields.string("unk_token");
    if (!token)
      return failFrom(token);
    name = *token;
  }
  const TokenId unknown = vocabulary.find(name);
  if (unknown < 0)
    return fail(fields.path("unk_token") + ": " + inQuotes(name) + " is not in the vocabulary");
  return unknown;
}

Result<std::unique_ptr<SubwordModel>> makeModel(JsonValue value, std::string path) {
  static constexpr Maker<SubwordModel> makers[] = {
      {"BPE", Bpe::make},
      {"WordPiece", WordPiece::make},
      {"Unigram", Unigram::make},
      {"WordLevel", WordLevel::make},
  };
  // Files from before models had a type hold merges, which only BPE has.
  auto fields = Fields::of(value, path);
  if (fields && !fields->has("type") && fields->has("merges"))
    return Bpe::make(*fields, 0);
  return makeComponent<SubwordModel>(makers, value, std::move(path));
}

} // namespace weft::text
